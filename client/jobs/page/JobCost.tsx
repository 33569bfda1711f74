import { infrastructureCost } from "#core/fleet/infrastructure";
import { formatUsd } from "#core/money/money";
import { OTHER_STEPS, type SpendingEntry } from "#core/money/spending";
import { useQuery } from "@apollo/client/react";
import type { ReactNode } from "react";
import { JobEstimateDocument, type JobFieldsFragment } from "../../generated/documents.ts";
import { useAfterConnect } from "../../link/Realtime.ts";
import { costByDay, costByStepAndModel, estimateMessage, usageOf } from "./costs.ts";
import type { Totals } from "../totals.ts";
import { showCount, showCounted, showDuration } from "../../ui/format.ts";

interface Props {
  readonly job: JobFieldsFragment;
  readonly totals: Totals;
}

/** Model spending against the estimate, and the likely AWS cost of the workers. */
export function JobCost({ job, totals }: Props) {
  const { data, refetch } = useQuery(JobEstimateDocument, { variables: { id: job.id } });
  // It is from the job's creation and never changes.
  useAfterConnect(() => (data ? undefined : refetch()));
  const spending = job.progress.flatMap((shard) => shard.spending);
  const days = costByDay(spending);
  const expected = estimateMessage(job, data?.getJob.estimate ?? null, totals);
  if (spending.length === 0 && !expected) return null;
  return (
    <section className="card stack" aria-labelledby="cost-title">
      <h2 id="cost-title">Cost</h2>
      {expected && <p className="small soft number">{expected}</p>}
      {spending.length > 0 && (
        <CostTable label="Cost by step and model" first="Step" second="Model">
          {costByStepAndModel(spending).map((spent) => (
            <CostRow key={`${spent.stepId} ${spent.modelId}`} spent={spent}>
              <td className={spent.stepId === OTHER_STEPS ? "small" : "mono"}>{spent.stepId}</td>
              <td className="small">{spent.modelId}</td>
            </CostRow>
          ))}
        </CostTable>
      )}
      {days.length > 1 && (
        <CostTable label="Cost by day" first="Day">
          {days.map((spent) => (
            <CostRow key={spent.day ?? ""} spent={spent}>
              <td className="small number">{spent.day ?? "Several days"}</td>
            </CostRow>
          ))}
        </CostTable>
      )}
      {spending.length > 0 && <Infrastructure job={job} />}
    </section>
  );
}

interface CostTableProps {
  readonly label: string;
  readonly first: string;
  readonly second?: string;
  readonly children: ReactNode;
}

function CostTable({ label, first, second, children }: CostTableProps) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={label}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{first}</th>
            {second && <th scope="col">{second}</th>}
            {["Calls", "Input tokens", "Output tokens", "Cost"].map((name) => (
              <th key={name} scope="col" className="right">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** @param children the cells that name what it was spent on */
function CostRow({ spent, children }: { readonly spent: SpendingEntry; readonly children: ReactNode }) {
  return (
    <tr>
      {children}
      <td className="small right number">{showCount(spent.calls)}</td>
      <td className="small right number">{showCount(spent.inputTokens)}</td>
      <td className="small right number">{showCount(spent.outputTokens)}</td>
      <td className="small right number">{formatUsd(spent.costNanos)}</td>
    </tr>
  );
}

/** Billed by AWS and not metered by us: labeled as an estimate, and kept apart from what counts against the budget. */
function Infrastructure({ job }: Pick<Props, "job">) {
  const usage = usageOf(job.progress);
  const cost = infrastructureCost({ ...usage, task: job.task, capacity: job.capacity });
  return (
    <p className="small faint number">
      Estimated infrastructure cost, not counted against the budget: about {formatUsd(cost.totalNanos)} (
      {formatUsd(cost.fargateNanos)} for {showDuration(usage.workerMs / 1000)} of Fargate{" "}
      {job.capacity === "SPOT_FIRST" ? "Spot" : "on demand"}, {formatUsd(cost.s3Nanos)} for{" "}
      {showCounted(usage.parts, "S3 write")}).
    </p>
  );
}
