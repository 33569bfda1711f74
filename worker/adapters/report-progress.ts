/** Subscribers get what this mutation selects and nothing more, so it selects everything they may ask for. */
export const REPORT_PROGRESS = `mutation ReportProgress($input: ReportProgressInput!) {
  reportProgress(input: $input) {
    jobId
    owner
    status
    outcome
    statusReason
    controlNo
    budgetNanos
    startedAt
    finishedAt
    datasets {
      name
      format
      bytes
      rows
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
      spentNanos
      writtenOffNanos
      inputTokens
      outputTokens
      recordsPerSecond
      latest
      reportedAt
    }
  }
}`;
