/**
 * The mutations that feed subscriptions, sent by functions and the worker. Subscribers receive only what is selected here,
 * so each selects every field of its result; a test checks them against the schema.
 */
export const REPORT_PROGRESS = /* GraphQL */ `
  mutation ReportProgress($input: ReportProgressInput!) {
    reportProgress(input: $input) {
      jobId
      owner
      status
      outcome
      statusReason
      controlNo
      budgetNanos
      recordCount
      priority
      startedAt
      finishedAt
      datasetFiles {
        name
        format
        bytes
        rows
        omitted
      }
      archive {
        jobId
        state
        archiveClass
        requestedAt
        restoredUntil
        observedAt
      }
      datasetFileCount
      datasetRows
      snapshot {
        state
        statusReason
        takenAt
        rows
        bytes
      }
      shard {
        id
        jobId
        shardNo
        recordCount
        generation
        reportNo
        delivered
        failed
        rejected
        mended
        modelProblem
        causes {
          cause
          attempts
          records
        }
        spentNanos
        spending {
          stepId
          modelId
          day
          calls
          inputTokens
          outputTokens
          costNanos
        }
        workerMs
        parts
        writtenOffNanos
        inputTokens
        outputTokens
        recordsPerSecond
        latest
        reportedAt
      }
    }
  }
`;

export const REPORT_SEED_SET = /* GraphQL */ `
  mutation ReportSeedSet($input: ReportSeedSetInput!) {
    reportSeedSet(input: $input) {
      id
      owner
      name
      status
      statusReason
      isSample
      createdAt
      skippedCount
      notes
      spentNanos
      skippedRows {
        fileName
        row
        reason
      }
      collections {
        name
        fileName
        itemCount
        bytes
        fields {
          name
          types
          count
          missing
          distinct
          examples
        }
      }
    }
  }
`;

export const REPORT_TEST_RUN = /* GraphQL */ `
  mutation ReportTestRun($input: ReportTestRunInput!) {
    reportTestRun(input: $input) {
      id
      owner
      status
      statusReason
      recordCount
      budgetNanos
      spentNanos
      createdAt
      finishedAt
      records {
        recordNo
        columns
        failure
        rejection
        seeds
        costNanos
        calls {
          stepId
          round
          reason
          modelId
          system
          turns {
            role
            text
          }
          reasoning
          answer
          error
          inputTokens
          outputTokens
          costNanos
          latencyMs
        }
      }
    }
  }
`;
