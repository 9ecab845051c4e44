import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { DataSource } from 'typeorm';

@Controller()
export class HealthController {
  constructor(private readonly database: DataSource) {}

  /** The process runs. */
  @Get('live')
  live() {
    return { status: 'live' };
  }

  /** The load balancer sends requests. */
  @Get('ready')
  async ready() {
    await this.database.query('SELECT 1').catch(() => {
      throw new ServiceUnavailableException('The database does not answer.');
    });
    return { status: 'ready' };
  }

  /** A new version may get traffic: the table that it needs is there. */
  @Get('health')
  async health() {
    await this.database.query('SELECT FROM items LIMIT 1').catch(() => {
      throw new ServiceUnavailableException('The database has no table of items.');
    });
    return { status: 'healthy' };
  }
}
