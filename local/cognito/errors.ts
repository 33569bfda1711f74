/** Cognito's errors, with Cognito's messages: clients compare both. */
import { AwsError } from "../service.ts";

export const refused = (message: string) => new AwsError(400, "NotAuthorizedException", message);
export const wrongParameter = (message: string) => new AwsError(400, "InvalidParameterException", message);
export const noUser = (message = "User does not exist.") => new AwsError(400, "UserNotFoundException", message);
export const wrongSignIn = () => refused("Incorrect username or password.");
export const notConfirmed = () => new AwsError(400, "UserNotConfirmedException", "User is not confirmed.");
export const wrongCode = () =>
  new AwsError(400, "CodeMismatchException", "Invalid verification code provided, please try again.");
export const expiredCode = () =>
  new AwsError(400, "ExpiredCodeException", "Invalid code provided, please request a code again.");
export const tooManyAttempts = () =>
  new AwsError(400, "LimitExceededException", "Attempt limit exceeded, please try after some time.");
export const noResource = (message: string) => new AwsError(400, "ResourceNotFoundException", message);
