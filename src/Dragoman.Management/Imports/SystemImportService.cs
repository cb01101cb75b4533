using Dragoman.Gateway.Providers;
using Dragoman.Management.Audit;
using Dragoman.Management.Logins;
using Dragoman.Management.Settings;

namespace Dragoman.Management.Imports;

/// <summary>
/// Takes over what other systems have: their settings and keys into the configuration's file, their logins into the store. What is here already stays, so that the same files can be imported again; the files
/// themselves are only read.
/// </summary>
public sealed class SystemImportService
{
    private readonly ISystemReader[] _readers;
    private readonly FoundLogins _found;
    private readonly LoginService _logins;
    private readonly SettingsService _settings;
    private readonly AuditTrail _audit;
    private readonly Func<string, string?> _environment;

    internal SystemImportService(IEnumerable<ISystemReader> readers, FoundLogins found, LoginService logins, SettingsService settings, AuditTrail audit, Func<string, string?> environment)
        => (_readers, _found, _logins, _settings, _audit, _environment) = ([.. readers], found, logins, settings, audit, environment);

    /// <summary>The systems.</summary>
    public IReadOnlyList<ImportableSystem> Systems => [.. _readers.Select(static reader => reader.System)];

    /// <summary>Imports files, or shows what would be done.</summary>
    /// <param name="system">The system's word.</param>
    /// <param name="files">Its files.</param>
    /// <param name="apply">Whether it is done; else it is the plan that is shown.</param>
    /// <param name="acknowledged">Whether the positions of vendors that forbid use by other programs were read.</param>
    /// <param name="gateway">The gateway's address.</param>
    /// <param name="actor">Who imports.</param>
    /// <param name="cancellationToken">Gives up; what was begun is ended.</param>
    public Task<ManagementResult<SystemImportView>> RunAsync(string system, IReadOnlyList<ImportFile> files, bool apply, bool acknowledged, Uri gateway, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<SystemImportView>(async () =>
    {
        if (Array.Find(_readers, one => one.System.Id.Equals(system, StringComparison.OrdinalIgnoreCase)) is not { } reader)
            return ManagementError.NotFound($"There is no import for '{system}': {string.Join(", ", _readers.Select(static one => one.System.Id))}.");
        var draft = new ImportDraft();
        try
        {
            reader.Read(files, draft);
        }
        catch (FormatException ex)
        {
            return ManagementError.Invalid(ex.Message, "files", "not_readable");
        }

        draft.LeaveWithoutVariables(_environment);
        var findings = new List<ImportFinding>();
        IReadOnlyList<string> waiting = [];
        var changes = 0;
        if (draft.Settings.Count > 0)
        {
            var settled = await SettleAsync(draft, apply, findings, actor, cancellationToken);
            if (!settled.Succeeded) return settled.Error;
            (changes, waiting) = (settled.Value.Count, settled.Value.NeedsRestart);
        }

        foreach (var file in draft.Logins)
        {
            var logins = await _found.FindAsync(file, cancellationToken);
            if (logins.Count == 0) findings.Add(new ImportFinding(file.Name, ImportOutcome.NotSupported, null, "There is no login in it that a provider of the gateway knows."));
            foreach (var login in logins)
            {
                var finding = await TakeAsync(login, apply, acknowledged, gateway, actor, cancellationToken);
                if (finding.Outcome == ImportOutcome.Taken) changes++;
                findings.Add(finding);
            }
        }

        findings.AddRange(draft.Findings);
        if (apply) await _audit.RecordAsync(actor, "system.import", reader.System.Id, AuditTrail.Done, string.Join(", ", findings.GroupBy(static one => one.Outcome).Select(static group => $"{group.Key} {group.Count()}")));
        return new SystemImportView(reader.System.Id, apply, changes, findings, waiting);
    });

    private sealed record Settled(int Count, IReadOnlyList<string> NeedsRestart);

    private async Task<ManagementResult<Settled>> SettleAsync(ImportDraft draft, bool apply, List<ImportFinding> findings, Actor actor, CancellationToken cancellationToken)
    {
        if (!apply)
        {
            var here = await _settings.ReadValuesAsync(actor, cancellationToken);
            if (!here.Succeeded) return here.Error;
            var (plan, planned) = SettingsMerge.Compare(here.Value, draft.Settings);
            findings.AddRange(planned);
            return new Settled(plan.Count, [.. plan.Select(static change => change.Key).Where(SettingsTable.WaitsForStart)]);
        }

        var count = 0;
        List<ImportFinding> done = [];
        var changed = await _settings.EditAsync(values =>
        {
            (var changes, done) = SettingsMerge.Compare(values, draft.Settings);
            count = changes.Count;
            return changes;
        }, actor, cancellationToken);
        if (!changed.Succeeded)
        {
            var wrong = string.Join(' ', changed.Error.Findings.Where(static one => !one.IsWarning).Select(static one => $"{one.Field}: {one.Message}"));
            return wrong.Length == 0 ? changed.Error : changed.Error with { Message = $"{changed.Error.Message} {wrong}" };
        }

        findings.AddRange(done);
        return new Settled(count, changed.Value.NeedsRestart);
    }

    private async Task<ImportFinding> TakeAsync(FoundLogins.Login login, bool apply, bool acknowledged, Uri gateway, Actor actor, CancellationToken cancellationToken)
    {
        var what = $"{login.Provider.Descriptor.DisplayName}{(login.Label is null ? "" : $" '{login.Label}'")}";
        if (login.Known is { } known) return new ImportFinding(login.Source, ImportOutcome.AlreadyHere, known, $"The login of {what} is an account here.");
        if (!acknowledged && login.Provider.Descriptor.ThirdPartyUse is { Position: ThirdPartyPosition.Forbidden } position)
            return new ImportFinding(login.Source, ImportOutcome.NotSupported, null, $"A login of {what}, whose vendor forbids use by other programs ({position.AsOf:d MMMM yyyy}). Acknowledge that you have read it to take it over.");
        if (!apply) return new ImportFinding(login.Source, ImportOutcome.Taken, login.Provider.Id, $"A login of {what}: a new account.");
        var start = new LoginStart(login.Provider.Id) { Flow = login.Flow.Id, Content = login.Content, SaveAtOnce = true, Acknowledged = acknowledged };
        var view = await _logins.StartAsync(start, gateway, actor, cancellationToken);
        if (!view.Succeeded) return new ImportFinding(login.Source, ImportOutcome.NotSupported, null, $"The login of {what} could not be taken over: {view.Error.Text}");
        return view.Value.AccountId is not null
            ? new ImportFinding(login.Source, ImportOutcome.Taken, view.Value.Account ?? view.Value.AccountId, $"The login of {what} is an account now.")
            : new ImportFinding(login.Source, ImportOutcome.NotSupported, null, $"The login of {what} could not be taken over: {view.Value.Error}");
    }
}
