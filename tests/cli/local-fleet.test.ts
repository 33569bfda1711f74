import { localFleet } from "../../cli/local-fleet.ts";

test.each([
  [1, 1, 128],
  [2, 1, 128],
  [8, 2, 64],
  [64, 4, 32],
])("on %d processors a job has %d tasks of %d calls each", (processors, tasksPerJob, callsInFlight) => {
  expect(localFleet(processors)).toMatchObject({ tasksPerJob, taskSizes: { SMALL: { callsInFlight } } });
});
