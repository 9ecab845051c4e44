/** Custom notification of Amazon Q Developer in chat applications. */
export interface ChatMessage {
  /** Version of the schema. */
  readonly version: '1.0';
  /** `custom`, for everything but events of AWS. */
  readonly source: 'custom';
  /** Title and text of the message. */
  readonly content: { readonly textType: 'client-markdown'; readonly title: string; readonly description?: string };
}

/** Message in the schema of custom notifications. Chat applications silently drop messages in any other form. */
export function chatMessage(title: string, description?: string): ChatMessage {
  return { version: '1.0', source: 'custom', content: { textType: 'client-markdown', title, description } };
}
