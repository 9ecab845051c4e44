import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LoggerModule } from 'nestjs-pino';
import { options } from './data-source.js';
import { HealthController } from './health.controller.js';
import { Item } from './item.js';
import { ItemsController } from './items.controller.js';
import { variable } from './variable.js';

@Module({
  imports: [
    LoggerModule.forRoot({
      pinoHttp: {
        // The names that the saved queries read.
        messageKey: 'message',
        formatters: { level: (level) => ({ level }) },
        customAttributeKeys: { responseTime: 'duration' },
        // The load balancer gives each request an id.
        genReqId: ({ headers }) => headers['x-amzn-trace-id']?.toString() ?? randomUUID(),
        customProps: ({ id }) => ({ requestId: id }),
        serializers: { req: ({ method, url }: IncomingMessage) => ({ method, url }), res: ({ statusCode }: { statusCode: number }) => ({ statusCode }) },
        autoLogging: { ignore: ({ url }) => url === '/ready' || url === '/live' },
      },
      renameContext: 'context',
      assignResponse: true,
    }),
    TypeOrmModule.forRootAsync({ useFactory: options }),
    TypeOrmModule.forFeature([Item]),
    JwtModule.registerAsync({ useFactory: () => ({ secret: variable('JWT_SECRET') }) }),
  ],
  controllers: [HealthController, ItemsController],
})
export class AppModule {}
