/** The error that a promise rejects with; fails the test if it resolves. */
export async function failure(promise: Promise<unknown>): Promise<any> {
  return promise.then(
    () => {
      throw new Error("This call was expected to fail.");
    },
    (error: unknown) => error,
  );
}
