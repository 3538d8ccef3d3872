// SPDX-License-Identifier: Apache-2.0
/** Grey shapes where content is about to be. */

export function ListSkeleton({ label }: { label: string }) {
  return (
    <div className="cf-skeleton" role="progressbar" aria-label={label}>
      {[0, 1, 2, 3].map((row) => (
        <div key={row} className="cf-skeleton__row">
          <span className="cf-skeleton__dot" />
          <span className="cf-skeleton__lines">
            <span className="cf-skeleton__line cf-skeleton__line--short" />
            <span className="cf-skeleton__line" />
          </span>
        </div>
      ))}
    </div>
  );
}

export function ThreadSkeleton({ label }: { label: string }) {
  return (
    <div className="cf-skeleton cf-skeleton--thread" role="progressbar" aria-label={label}>
      {['a', 'b', 'c', 'd'].map((row) => (
        <span key={row} className={`cf-skeleton__bubble cf-skeleton__bubble--${row}`} />
      ))}
    </div>
  );
}
