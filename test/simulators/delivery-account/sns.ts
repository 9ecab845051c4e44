/** Published messages. */
export class Sns {
  /** As mails have it, and as the other channels get it. */
  public readonly published: Array<{ subject: string; message: string; forChannels: string }> = [];

  public get subjects(): string[] {
    return this.published.map(({ subject }) => subject);
  }

  public publish({ Subject, Message, MessageStructure }: any) {
    const { default: forChannels, email = forChannels } = MessageStructure === 'json' ? JSON.parse(Message) : { default: Message };
    this.published.push({ subject: Subject, message: email, forChannels });
  }
}
