/** What files call the text of a sentence, the usual names first. */
export const textNames = ['text', 'sentence', 'content', 'body', 'message', 'comment', 'tweet', 'document'] as const;
