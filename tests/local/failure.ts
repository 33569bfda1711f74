/** What a promise rejects with; a promise that does not reject fails the test. */
export async function failure(promise: Promise<unknown>): Promise<any> {
  return promise.then(
    () => {
      throw new Error("This call was expected to fail.");
    },
    (error: unknown) => error,
  );
}
