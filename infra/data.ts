import { Duration, NestedStack, RemovalPolicy } from "aws-cdk-lib";
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  type GlobalSecondaryIndexProps,
  type TableProps,
} from "aws-cdk-lib/aws-dynamodb";
import type { CfnBucket } from "aws-cdk-lib/aws-s3";
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods, StorageClass } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { ARCHIVE_CLASSES, DAYS_BEFORE_ARCHIVE, type ArchiveClass } from "../core/dataset/archive.ts";
import { SNAPSHOT_RETENTION_DAYS } from "../core/dataset/snapshot.ts";
import {
  JOBS_BY_OWNER,
  JOBS_BY_OWNER_STATUS,
  JOBS_QUEUE,
  OWNERS_WAITING,
  SEED_SETS_BY_OWNER,
  TEMPLATES_BY_OWNER,
} from "../core/keys.ts";

/** S3 does not transition objects under 128 KB unless a rule sets a size; small datasets are archived too. */
const LARGER_THAN_BYTES = 1;

/** Tables and bucket. They outlive the stack: deleting a deployment loses nobody's data. Keys are defined in core/keys.ts. */
export class Data extends NestedStack {
  readonly jobs: Table;
  readonly fleet: Table;
  readonly templates: Table;
  readonly seedSets: Table;
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // Test runs and ad hoc tokens expire after a week, cost samples after 90 days; jobs never do.
    this.jobs = this.table("Jobs", { timeToLiveAttribute: "expiresAt" }, [
      index(JOBS_BY_OWNER, "owner", "createdAt"),
      index(JOBS_BY_OWNER_STATUS, "ownerStatus", "createdAt"),
      { ...index(JOBS_QUEUE, "queueKey", "queueOrder"), projectionType: ProjectionType.KEYS_ONLY },
    ]);
    this.fleet = this.table("Fleet", {}, [
      {
        ...index(OWNERS_WAITING, "waitingKey", "waitingOrder"),
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes: ["owner", "running", "version", "changedAtMs", "waitingSince"],
      },
    ]);
    this.templates = this.table("Templates", {}, [index(TEMPLATES_BY_OWNER, "owner", "listKey")]);
    this.seedSets = this.table("SeedSets", {}, [index(SEED_SETS_BY_OWNER, "owner", "listKey")]);
    this.bucket = this.objects();
  }

  private table(id: string, props: Partial<TableProps>, indexes: readonly GlobalSecondaryIndexProps[]): Table {
    const table = new Table(this, id, {
      partitionKey: { name: "pk", type: AttributeType.STRING },
      sortKey: { name: "sk", type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
      ...props,
    });
    indexes.forEach((each) => table.addGlobalSecondaryIndex(each));
    return table;
  }

  private objects(): Bucket {
    const bucket = new Bucket(this, "Objects", {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      cors: [
        {
          // Browser requests are presigned and carry no cookies, so access depends on the signature, not the origin.
          allowedOrigins: ["*"],
          allowedMethods: [HttpMethods.GET, HttpMethods.POST],
          allowedHeaders: ["*"],
          exposedHeaders: ["ETag"],
          maxAge: 3_000,
        },
      ],
      lifecycleRules: [
        {
          id: "ArchiveDatasets",
          prefix: "datasets/",
          objectSizeGreaterThan: LARGER_THAN_BYTES,
          transitions: [
            {
              storageClass: new StorageClass(ARCHIVE_CLASSES[archiveClass(this)]),
              transitionAfter: Duration.days(DAYS_BEFORE_ARCHIVE),
            },
          ],
        },
        { id: "ExpireUploads", prefix: "uploads/", expiration: Duration.days(1) },
        { id: "ExpireSnapshots", prefix: "snapshots/", expiration: Duration.days(SNAPSHOT_RETENTION_DAYS) },
        { id: "AbortIncompleteUploads", abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    // Reports restored objects. The CDK's `eventBridgeEnabled` would add a function with broad permissions.
    (bucket.node.defaultChild as CfnBucket).addPropertyOverride(
      "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled",
      true,
    );
    return bucket;
  }
}

/**
 * The storage class that datasets are archived in, from the context: `cdk deploy -c archiveClass=flexible`. Instant by default:
 * for 10% more than flexible, a dataset can be downloaded at any moment, while the others make people wait for hours.
 */
export function archiveClass(scope: Construct): ArchiveClass {
  const wanted: unknown = scope.node.tryGetContext("archiveClass") ?? "instant";
  const found = Object.keys(ARCHIVE_CLASSES).find((name) => name.toLowerCase() === wanted);
  if (!found)
    throw new Error(`The context "archiveClass" must be instant, flexible or deep, not ${JSON.stringify(wanted)}.`);
  return found as ArchiveClass;
}

function index(indexName: string, partition: string, sort: string): GlobalSecondaryIndexProps {
  return {
    indexName,
    partitionKey: { name: partition, type: AttributeType.STRING },
    sortKey: { name: sort, type: AttributeType.STRING },
  };
}
