/** What ships with the product: templates, each with a suitable seed set. */
import balancedClassification from "./templates/balanced-classification.yaml";
import brainstorm from "./templates/brainstorm.yaml";
import creativeWriting from "./templates/creative-writing.yaml";
import dialogue from "./templates/dialogue.yaml";
import functionCalling from "./templates/function-calling.yaml";
import groundedAnswers from "./templates/grounded-answers.yaml";
import instructionsAlpaca from "./templates/instructions-alpaca.yaml";
import instructionsMessages from "./templates/instructions-messages.yaml";
import multiTurnChat from "./templates/multi-turn-chat.yaml";
import openQuestions from "./templates/open-questions.yaml";
import poems from "./templates/poems.yaml";
import preferencePairs from "./templates/preference-pairs.yaml";
import productReviews from "./templates/product-reviews.yaml";
import questionAnswerFollowUp from "./templates/question-answer-follow-up.yaml";
import questionsAndAnswers from "./templates/questions-and-answers.yaml";
import textToSql from "./templates/text-to-sql.yaml";
import * as seedSets from "./seed-sets.ts";
import type { SampleSeedSet } from "./seed-sets.ts";

export interface Sample {
  readonly template: { readonly id: string; readonly source: string };
  readonly seedSet: SampleSeedSet;
}

/** Ids never change: jobs and bookmarks refer to them. Several templates may share a seed set. */
export const SAMPLES_LIST: readonly Sample[] = [
  sample("questions-and-answers", questionsAndAnswers, seedSets.NATURAL_WONDERS),
  sample("question-answer-follow-up", questionAnswerFollowUp, seedSets.NOTES),
  sample("open-questions", openQuestions, seedSets.NOTES),
  sample("grounded-answers", groundedAnswers, seedSets.HANDBOOKS),
  sample("creative-writing", creativeWriting, seedSets.STORY_PARTS),
  sample("dialogue", dialogue, seedSets.STORY_PARTS),
  sample("poems", poems, seedSets.PLACES),
  sample("brainstorm", brainstorm, seedSets.CHALLENGES),
  sample("instructions-alpaca", instructionsAlpaca, seedSets.TASKS),
  sample("instructions-messages", instructionsMessages, seedSets.CONVERSATIONS),
  sample("multi-turn-chat", multiTurnChat, seedSets.CONVERSATIONS),
  sample("preference-pairs", preferencePairs, seedSets.EVERYDAY_PROMPTS),
  sample("balanced-classification", balancedClassification, seedSets.SUPPORT_MESSAGES),
  sample("product-reviews", productReviews, seedSets.PRODUCTS_AND_CUSTOMERS),
  sample("function-calling", functionCalling, seedSets.TOOLS),
  sample("text-to-sql", textToSql, seedSets.DATABASES),
];

function sample(id: string, source: string, seedSet: SampleSeedSet): Sample {
  return { template: { id, source }, seedSet };
}
