/**
 * The contract between the local cloud and its services. A service creates some CloudFormation resource types and speaks the
 * wire protocol of one AWS service on its own port; everything it needs is in `CloudContext`.
 */
import type { IncomingMessage } from "node:http";

/** The local cloud's clock. It can be moved forward, so that tests can skip three days. */
export interface Clock {
  /** Milliseconds since the epoch, including how far the clock was moved. */
  now(): number;
}

/** A CloudFormation resource whose intrinsics are all resolved. */
export interface Resource {
  /** Stack path and logical id, unique and stable across starts: `Shop/Data/OrdersTable7C1D`. */
  readonly path: string;
  readonly logicalId: string;
  /** `AWS::DynamoDB::Table`, `Custom::…` */
  readonly type: string;
  /** CloudFormation properties with Ref, Fn::GetAtt, Fn::Sub … replaced by values. */
  readonly properties: Record<string, any>;
  /** The physical id from the previous start on this data folder, if any (custom resources keep it). */
  readonly physicalId?: string;
}

/** What `Ref` and `Fn::GetAtt` return for a resource once it exists. */
export interface CreatedResource {
  readonly ref: string;
  /** By attribute name, `Arn` included where the type has one. Nested attributes use their dotted name (`Endpoint.Address`). */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Who signed a request. */
export interface Caller {
  readonly accessKeyId: string;
  /** `undefined` for the operator (the account's root user: the CLI, and tests that act as the account's owner). */
  readonly roleArn?: string;
  /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, or `arn:aws:iam::ACCOUNT:root`. */
  readonly principalArn: string;
  /** Session tags, seen by policies as `aws:PrincipalTag/KEY`. */
  readonly tags: Readonly<Record<string, string>>;
}

/** One permission a request needs. A request that needs several is authorized for each. */
export interface Access {
  /** `dynamodb:GetItem` */
  readonly action: string;
  /** ARN, or `*` for actions without resource. */
  readonly resource: string;
  /** Condition keys of this request beyond the global ones: `{ "dynamodb:LeadingKeys": ["ORDER#1"] }`. Multi-valued keys are arrays. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** The resource's own policy, if it has one (as a bucket may): its Deny wins, its Allow is enough. `path` names the policy in the record. */
  readonly resourcePolicy?: { readonly path: string; readonly document: unknown };
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** The local cloud's IAM: issues credentials, verifies signatures, evaluates the synthesized policies and records every decision. */
export interface Gate {
  /**
   * Verifies the AWS Signature Version 4 of a request, in its Authorization header or its query (presigned).
   * @param body the request's bytes, or `undefined` for a streamed body (then `x-amz-content-sha256` is trusted for
   *   the signature and the service must check it against the bytes itself).
   * @param serviceName the name in the credential scope: `dynamodb`, `s3`, `appsync`, `bedrock`, `sts`, `ecs`, `lambda`, `cognito-idp`.
   * @throws AwsError 403 `MissingAuthenticationToken`, `UnrecognizedClientException`, `ExpiredTokenException`, `SignatureDoesNotMatch` or `InvalidSignatureException`
   */
  authenticate(request: IncomingMessage, body: Buffer | string | undefined, serviceName: string): Caller;
  /**
   * The secret of an access key, for signatures that are not on a request (S3 POST policies, AppSync's WebSocket header);
   * `undefined` when the key is unknown or expired.
   */
  secretOf(accessKeyId: string): { readonly secretAccessKey: string; readonly caller: Caller } | undefined;
  /**
   * Verifies a Signature Version 4 over explicit parts (AppSync's WebSocket messages are signed as if they were HTTP requests).
   */
  verify(request: SignedParts, serviceName: string): Caller;
  /**
   * Denies unless an identity policy of the caller's role allows every access (explicit Deny wins; the operator may do everything).
   * @throws AwsError 403 `AccessDeniedException` whose message names role, action and resource:
   *   `User: arn:aws:sts::…:assumed-role/X is not authorized to perform: dynamodb:GetItem on resource: arn:… because no identity-based policy allows the dynamodb:GetItem action`
   */
  authorize(caller: Caller, ...accesses: readonly Access[]): void;
  /** Like `authorize`, but returns the decision instead of throwing, and does not record a denial. */
  allows(caller: Caller, access: Access): boolean;
  /** Fresh credentials of a role: for a Lambda function, a task, an AppSync data source, or `sts:AssumeRole`. */
  issue(roleArn: string, sessionName: string, options?: IssueOptions): Credentials;
  /** The operator's credentials (the account's root user). */
  operator(): Credentials;
}

export interface IssueOptions {
  /** Session tags; none by default. */
  readonly tags?: Readonly<Record<string, string>>;
  /** 3,600 by default. */
  readonly durationSeconds?: number;
  /** The service principal that assumes the role (`lambda.amazonaws.com`); if given, the role's trust policy must allow it. */
  readonly service?: string;
}

export interface SignedParts {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Names in lowercase. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An EventBridge event. */
export interface CloudEvent {
  readonly source: string;
  readonly "detail-type": string;
  readonly resources: readonly string[];
  readonly detail: Record<string, any>;
}

export interface CloudContext {
  readonly region: string;
  readonly accountId: string;
  /** The service's own folder for its files; exists. */
  readonly folder: string;
  readonly clock: Clock;
  readonly gate: Gate;
  /** Addresses of all services by AWS service id in lowercase with dashes (`dynamodb`, `bedrock-runtime`); filled during the start, so read it late. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Origins of this cloud's websites, whose pages alone may call it. CloudFront adds them during the start, so read it late. */
  readonly origins: Set<string>;
  /** Environment variables that point an AWS SDK client at this cloud: `AWS_ENDPOINT_URL_…`, `AWS_REGION`; without credentials. Read it late. */
  environment(): Record<string, string>;
  /** Puts an event on the default bus. */
  publish(event: CloudEvent): void;
  /** The folder of an asset of the assembly by its hash (zip assets are folders in `cdk.out`). @throws Error when the assembly has none */
  assetFolder(hashOrFileName: string): string;
  /**
   * Calls a Lambda function of this cloud by ARN or name, as the service principal given (its resource policy must allow that).
   * `asynchronous` returns as soon as the event is accepted; Lambda itself retries when the function fails.
   */
  invoke(
    functionArn: string,
    payload: unknown,
    as: { service: string; sourceArn?: string; asynchronous?: boolean },
  ): Promise<unknown>;
  /** Writes a line to the operator's log file. */
  log(line: string): void;
}

/** One emulated AWS service. */
export interface Service {
  /** AWS service id in lowercase with dashes: the endpoint's name, and `AWS_ENDPOINT_URL_` + upper snake case. */
  readonly name: string;
  /** The CloudFormation types it creates. */
  readonly types: readonly string[];
  /** Listens on 127.0.0.1 (port 0 by default) and returns its address. Called before any resource is created. */
  start(context: CloudContext): Promise<string>;
  /** Creates or updates a resource, keeping data of earlier starts. Called in dependency order. */
  create(resource: Resource): Promise<CreatedResource>;
  /** Called once all resources exist (schedules start here). */
  ready?(): Promise<void>;
  /** Stops listening and everything the service started; data stays. */
  stop(): Promise<void>;
}

/** An error as AWS reports it. Each service serializes it in its own protocol. */
export class AwsError extends Error {
  constructor(
    readonly status: number,
    /** Without namespace: `ConditionalCheckFailedException`. */
    readonly code: string,
    message: string,
    /** Further members of the error response (`Item`, `CancellationReasons` …). */
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}
