/** How long an ad hoc run may take to start, and the message for one that crashed. */

/** From the request to the function's first heartbeat: its queue may be long. Older events are dropped. */
export const START_TIMEOUT_SECONDS = 300;

/** For both test runs and generated seeds. */
export const RUN_CRASHED = "The run stopped unexpectedly; the maximum cost of its calls in flight counts as spent.";
