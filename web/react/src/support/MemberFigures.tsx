// SPDX-License-Identifier: Apache-2.0
import type { MemberFiguresObject } from '@confab/client';
import { useMessages } from '../context.tsx';
import { shortDuration } from '../format.ts';
import { Avatar } from '../ui/Avatar.tsx';

/** Who of the team resolved how much, how quick their first replies were, how that was rated. On a phone each row is a card. */
export function MemberFigures({ team }: { team: readonly MemberFiguresObject[] }) {
  const messages = useMessages();
  const t = messages.support.figures;
  const number = new Intl.NumberFormat(messages.locale, { maximumFractionDigits: 1 });
  const titles = [t.member, t.resolved, t.replies, t.rating];
  // roles: a table that is laid out as cards is none to screen readers otherwise
  return (
    <table className="cf-members" role="table" aria-label={t.members}>
      <thead role="rowgroup">
        <tr role="row">
          {titles.map((title) => (
            <th key={title} scope="col" role="columnheader">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {team.map(({ user, resolved, replied, first_reply_median_s: median, ratings, rating_mean: rating }) => (
          <tr key={user.id} role="row">
            <th scope="row" role="rowheader">
              <span className="cf-members__who">
                <Avatar user={user} size="small" />
                <bdi>{user.name}</bdi>
              </span>
            </th>
            <td role="cell" data-title={titles[1]}>
              {number.format(resolved)}
            </td>
            <td role="cell" data-title={titles[2]}>
              {median === null ? '–' : t.repliesOf(shortDuration(median * 1000, messages), number.format(replied))}
            </td>
            <td role="cell" data-title={titles[3]}>
              {rating === null ? '–' : t.ratingOf(number.format(rating), number.format(ratings))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
