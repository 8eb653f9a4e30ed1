/** The words that a newcomer may not know, each explained in two lines. */
export const glossary = {
  f1: {
    name: 'F1',
    text: 'One number from 0 to 1: the harmonic mean of precision (how many found entities are right) and recall (how many of the true ones were found). An entity counts only with the right words and the right label.',
  },
  precision: { name: 'Precision', text: 'Of the entities that the model marked, the share that is right.' },
  recall: { name: 'Recall', text: 'Of the entities that are there, the share that the model marked.' },
  support: {
    name: 'Support',
    text: 'How many entities of this label the reference holds. With few, a score can change much by chance.',
  },
  strict: {
    name: 'Default and strict',
    text: 'The model tags words: B- opens an entity, I- goes on with it. Default forgives an I- that opens one (as the conlleval script does); strict does not.',
  },
  tags: {
    name: 'B and I tags',
    text: 'Every word gets a tag: B-PER opens a person, I-PER goes on with it, O is no entity. So "New York" is B-LOC I-LOC.',
  },
  warmup: {
    name: 'Warm-up',
    text: 'The share of the steps in which the learning rate rises from almost 0 to its full value. It keeps the first steps from breaking what the model knows.',
  },
  silver: {
    name: 'Silver labels',
    text: 'Labels written by a language model (the teacher). There can be many of them; some are wrong.',
  },
  gold: {
    name: 'Gold labels',
    text: 'Labels to be trusted, as a rule made by people. There are few of them, because they cost work.',
  },
  role: {
    name: 'Role',
    text: 'Gold and silver are trained on. Dev is scored during training, test at its end. Unlabelled waits for labels. Aside is kept and used for nothing.',
  },
  distillation: {
    name: 'Distillation',
    text: 'A small model learns from the answers of a large one. Here the large one writes silver labels and the small one is trained on them.',
  },
  dev: {
    name: 'Dev and test',
    text: 'Dev is looked at during training, test only at its end. Neither is trained on; what was chosen by looking at dev has to be judged on test.',
  },
  seen: {
    name: 'Sentences seen',
    text: 'How many sentences of the source the run drew, and how often each different one on the mean. A small set that is repeated often may be learnt by heart.',
  },
  regimen: {
    name: 'Regimen',
    text: 'The way in which silver and gold are brought to the model: one before the other, shuffled together, or in changing shares.',
  },
  seed: {
    name: 'Seed',
    text: 'The number from which all chance of a run is drawn: the order of the sentences, the first values of the head, dropout. Two seeds show how much chance alone moves the score.',
  },
  epochs: { name: 'Passes', text: 'How often the run goes through all sentences of a source (epochs).' },
  budget: {
    name: 'Held equal',
    text: 'A run with more steps has an advantage that has nothing to do with how it mixes. Equal steps give every run as many updates; equal passes show each sentence as often.',
  },
  loss: {
    name: 'Loss',
    text: 'How surprised the model is by the true tags (cross-entropy, natural logarithm), mean over the words of a batch. Lower is better; 0 is certainty.',
  },
  layers: {
    name: 'Layers',
    text: 'How many of the checkpoint’s layers are kept, from the first. Fewer are faster and know less.',
  },
  tokens: {
    name: 'Tokens',
    text: 'What language models count and charge by: pieces of words, in English about four letters each. What is sent and what comes back have prices of their own.',
  },
  grounding: {
    name: 'Grounding',
    text: 'The teacher answers with names as text. Grounding finds each one in the sentence, in order, and notes how: exactly, only when capitals are ignored, or not at all.',
  },
  votes: {
    name: 'Votes (self-consistency)',
    text: 'The teacher is asked several times about each sentence. What most of its answers say is kept; where they differ, its labels are in doubt.',
  },
  spanF1: {
    name: 'Span F1',
    text: 'From 0 to 1: how often both mark the same words with the same label, out of all entities that either marks. It is the same whichever side is taken for the truth.',
  },
  kappa: {
    name: 'Cohen’s κ',
    text: 'Agreement word by word beyond what chance would give: 1 is full agreement, 0 is chance. Over all words it flatters, since most words are plainly no entity.',
  },
  confusion: {
    name: 'Words by label',
    text: 'Each word counts once: its row is the label that the first gives it, its column that of the second. O is no entity. Numbers off the diagonal are words on which both differ.',
  },
  timeLeft: {
    name: 'Time left',
    text: 'While a run goes on and this page is in front, the screen and so the machine are kept awake. When the page is hidden that ends: the machine may fall asleep, the run stands still, and it goes on when the machine wakes. Nothing is lost.',
  },
  checkpoint: {
    name: 'Checkpoint',
    text: 'The model to begin from: a BERT that has read much text but has not learnt to find names yet.',
  },
} as const;

export type Word = keyof typeof glossary;
