import { infrastructureCost } from "#core/fleet/infrastructure";
import { formatUsd } from "#core/money/money";
import type { SpendingEntry } from "#core/money/spending";
import type { ReactNode } from "react";
import type { JobCostQuery, JobFieldsFragment } from "../../generated/documents.ts";
import { useJobCost } from "./useJobCost.ts";
import { costByDay, costByStepAndModel, estimateMessage } from "./costs.ts";
import type { Totals } from "../totals.ts";
import { showCount, showCounted, showDuration } from "../../ui/format.ts";

interface Props {
  readonly job: JobFieldsFragment;
  readonly totals: Totals;
}

/** Model spending against the estimate, and the likely AWS cost of the workers. */
export function JobCost({ job, totals }: Props) {
  const cost = useJobCost(job.id, totals.spentNanos, job.status);
  if (!cost || (cost.spending.length === 0 && !cost.estimate)) return null;
  const days = costByDay(cost.spending);
  const expected = estimateMessage(job, cost.estimate, totals);
  return (
    <section className="card stack" aria-labelledby="cost-title">
      <h2 id="cost-title">Cost</h2>
      {expected && <p className="small soft number">{expected}</p>}
      {cost.spending.length > 0 && (
        <CostTable label="Cost by step and model" first="Step" second="Model">
          {costByStepAndModel(cost.spending).map((spent) => (
            <CostRow key={`${spent.stepId} ${spent.modelId}`} spent={spent}>
              <td className="mono">{spent.stepId}</td>
              <td className="small">{spent.modelId}</td>
            </CostRow>
          ))}
        </CostTable>
      )}
      {days.length > 1 && (
        <CostTable label="Cost by day" first="Day">
          {days.map((spent) => (
            <CostRow key={spent.day} spent={spent}>
              <td className="small number">{spent.day}</td>
            </CostRow>
          ))}
        </CostTable>
      )}
      {cost.spending.length > 0 && <Infrastructure job={job} usage={cost.usage} />}
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
function Infrastructure({ job, usage }: Pick<Props, "job"> & { readonly usage: JobCostQuery["getJob"]["usage"] }) {
  const cost = infrastructureCost({ ...usage, taskSize: job.taskSize, capacity: job.capacity });
  return (
    <p className="small faint number">
      Estimated infrastructure cost, not counted against the budget: about {formatUsd(cost.totalNanos)} (
      {formatUsd(cost.fargateNanos)} for {showDuration(usage.workerMs / 1000)} of Fargate{" "}
      {job.capacity === "SPOT_FIRST" ? "Spot" : "on demand"}, {formatUsd(cost.s3Nanos)} for{" "}
      {showCounted(usage.parts, "S3 write")}).
    </p>
  );
}
