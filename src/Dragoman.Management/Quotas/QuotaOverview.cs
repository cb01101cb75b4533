using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Quotas;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Accounts;

namespace Dragoman.Management.Quotas;

/// <summary>All that is known of the quotas of all accounts, as one list. It asks no vendor: usage pages are asked by the <see cref="QuotaPoller"/> at its pace.</summary>
public sealed class QuotaOverview(AccountRegistry accounts, Router router, QuotaBook book, QuotaHistory history, TimeProvider time)
{
    /// <summary>The quotas of all accounts as they are known now.</summary>
    public async Task<QuotaListView> DescribeAsync(CancellationToken cancellationToken)
    {
        var unused = await history.UnusedLastWeekAsync(cancellationToken);
        var now = time.GetUtcNow();
        var reports = router.Cooldowns.Report().ToLookup(report => report.AccountId, StringComparer.Ordinal);
        var windows = new List<QuotaWindowView>();
        var rows = new List<QuotaAccountView>();
        foreach (var entry in accounts.Entries.DistinctBy(entry => entry.Id, StringComparer.Ordinal))
        {
            var account = new Place(entry, book.Find(entry.Id), entry.Problem is null ? [.. reports[entry.Id]] : [], now);
            foreach (var window in account.Windows()) windows.Add(unused.TryGetValue((window.AccountId, window.Model, window.Name), out var share) ? window with { UnusedLastWeek = share } : window);
            rows.Add(account.Summary());
        }

        return new QuotaListView(
            [.. windows.OrderBy(window => window.ResetsAt ?? window.Until ?? DateTimeOffset.MaxValue).ThenBy(window => window.Account, StringComparer.OrdinalIgnoreCase).ThenBy(window => window.Name, StringComparer.Ordinal)
                .ThenBy(window => window.Model, StringComparer.Ordinal)],
            [.. rows.OrderBy(row => row.Ready).ThenBy(row => row.NextReadyAt ?? DateTimeOffset.MaxValue).ThenBy(row => row.Account, StringComparer.OrdinalIgnoreCase)]);
    }

    /// <summary>One account with what is known of it.</summary>
    private sealed class Place(AccountEntry entry, QuotaSnapshot? page, IReadOnlyList<CooldownReport> reports, DateTimeOffset now)
    {
        private readonly CooldownReport? _whole = reports.FirstOrDefault(report => report.Model is null);
        private readonly bool _isUsable = entry is { Problem: null, Account.Enabled: true };

        private string Provider => entry.Account?.Provider ?? entry.Stored!.Provider;

        public IEnumerable<QuotaWindowView> Windows()
        {
            foreach (var report in reports)
            {
                foreach (var window in report.Quotas) yield return View(report, window);
                if (report.Quotas.Count == 0 && report.State.IsCoolingDown(now)) yield return WithoutWindow(report);
            }
        }

        public QuotaAccountView Summary()
        {
            // What is used up beside a cooldown holds until its own end: the later decides.
            var ends = new List<DateTimeOffset?>();
            if (_whole is { } whole)
            {
                if (whole.State.IsCoolingDown(now)) ends.Add(whole.State.Until);
                ends.AddRange(whole.Quotas.Where(window => UsedOf(window) >= 1).Select(window => window.ResetsAt));
            }

            var isReady = _isUsable && ends.Count == 0;
            return new QuotaAccountView(entry.Id, entry.Label, Provider, page?.Plan, isReady, isReady || !_isUsable || ends.Contains(null) ? null : ends.Max(), page?.AskedAt, entry.Problem?.Text ?? page?.Problem)
            {
                ProblemCode = entry.Problem?.Code, ProblemValues = entry.Problem?.Values,
                CoolingModels = [.. reports.Where(report => report.Model is not null && report.State.IsCoolingDown(now)).OrderBy(report => report.Model, StringComparer.Ordinal)
                    .Select(report => new CoolingModelView(report.Model!, report.State.Until, RouteErrors.Reason(report.State), RouteReasons.CauseOf(report.State.Cause)))],
            };
        }

        private QuotaWindowView View(CooldownReport report, QuotaWindow window)
        {
            var length = QuotaWindowLength.Of(window);
            var used = UsedOf(window);
            return Row(report, window.Name, QuotaFamily.Of(window.Name, length)) with
            {
                UsedFraction = used,
                Limit = window.Limit,
                Remaining = IsOver(window) ? window.Limit : window.Remaining,
                ResetsAt = IsOver(window) ? null : window.ResetsAt,
                WindowSeconds = length is { } known ? (long)known.TotalSeconds : null,
                SeenAt = window.SeenAt,
                Ready = IsOpen(report) && !(used >= 1),
                Forecast = QuotaForecastView.Of(window, used, length, report.ExhaustedAt.TryGetValue(window.Name, out var end) ? end : null, now),
            };
        }

        /// <summary>A cooldown without a window is a row of its own, or it would not be seen.</summary>
        private QuotaWindowView WithoutWindow(CooldownReport report) => Row(report, QuotaFamily.Cooldown, QuotaFamily.Cooldown) with { ResetsAt = report.State.Until };

        private QuotaWindowView Row(CooldownReport report, string name, string family)
        {
            var state = CooldownOf(report);
            return new QuotaWindowView
            {
                AccountId = entry.Id, Account = entry.Label, Provider = Provider, Plan = page?.Plan, Model = report.Model, Name = name, Family = family,
                CoolingDown = state is not null, Until = state?.Until, Reason = state is null ? null : RouteErrors.Reason(state), ReasonCode = state is null ? null : RouteReasons.CauseOf(state.Cause),
            };
        }

        private bool IsOpen(CooldownReport report) => _isUsable && CooldownOf(report) is null;

        /// <summary>The cooldown of the target or else of its whole account; null for neither.</summary>
        private CooldownState? CooldownOf(CooldownReport report)
            => report.State.IsCoolingDown(now) ? report.State : _whole is { State: { } whole } && whole.IsCoolingDown(now) ? whole : null;

        private bool IsOver(QuotaWindow window) => window.ResetsAt <= now;

        private double? UsedOf(QuotaWindow window)
        {
            if (IsOver(window)) return 0;
            if (window.UsedFraction is { } used) return Math.Clamp(used, 0, 1);
            return window is { Limit: > 0 and var limit, Remaining: { } left } ? Math.Clamp(1 - ((double)left / limit), 0, 1) : null;
        }
    }
}
