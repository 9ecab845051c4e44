import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module.js';
import { variable } from './variable.js';

const app = await NestFactory.create(AppModule, { bufferLogs: true });
app.useLogger(app.get(Logger));
// SIGTERM: requests that run end, then the connections to the database are closed.
app.enableShutdownHooks();
await app.listen(Number(variable('PORT')));
