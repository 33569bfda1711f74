/** How long a run beside jobs may be silent, and what is said of one that was for too long. */

/** Between the request and the function's first sign of life: its queue may be long. No event is delivered later. */
export const START_TIMEOUT_SECONDS = 300;

/** Of tries and generated seeds alike. */
export const RUN_CRASHED =
  "The function that made it stopped without a word; what its calls in flight may have cost counts as spent.";
