import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { PinoLogger } from 'nestjs-pino';

/** Lets a request pass that has a token signed with JWT_SECRET, and names its user in the log. */
@Injectable()
export class SignedIn implements CanActivate {
  constructor(private readonly tokens: JwtService, private readonly logger: PinoLogger) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<{ headers: { authorization?: string } }>();
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const { sub } = await this.tokens.verifyAsync<{ sub: string }>(token).catch(() => {
      throw new UnauthorizedException();
    });
    this.logger.assign({ user: sub });
    return true;
  }
}
