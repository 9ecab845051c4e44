/** What chat integration shows, besides alarms. Names are those of its own schema. */
export interface ChatMessage {
  /** Of the schema. */
  readonly version: string;
  /** `custom`: all that is no event of AWS. */
  readonly source: string;
  /** The text that is shown, below its title. */
  readonly content: { readonly textType: string; readonly title: string; readonly description?: string };
}

/** In the form that chat integration shows: it drops every other without a word. */
export function chatMessage(title: string, description?: string): ChatMessage {
  return { version: '1.0', source: 'custom', content: { textType: 'client-markdown', title, description } };
}
