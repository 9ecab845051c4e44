import { Body, Controller, Get, Logger, Post, UseGuards } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Item } from './item.js';
import { SignedIn } from './signed-in.guard.js';

@Controller('api/items')
@UseGuards(SignedIn)
export class ItemsController {
  private readonly logger = new Logger(ItemsController.name);

  constructor(@InjectRepository(Item) private readonly items: Repository<Item>) {}

  @Get()
  all(): Promise<Item[]> {
    return this.items.find({ order: { id: 'ASC' }, take: 100 });
  }

  /** The log metrics of the app count the field `event`. */
  @Post()
  async create(@Body() { name }: { name: string }): Promise<Item> {
    const { identifiers } = await this.items.createQueryBuilder().insert().values({ name }).orIgnore().execute();
    const event = identifiers[0] ? 'item.created' : 'item.duplicate';
    this.logger.log({ event }, event);
    return this.items.findOneByOrFail({ name });
  }
}
