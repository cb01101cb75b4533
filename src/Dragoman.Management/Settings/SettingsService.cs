using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Configuration.Editing;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Access;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Settings;

/// <summary>What is in force, and the configuration's file: shown without its secrets, changed in place or whole.</summary>
public sealed class SettingsService(ConfigFile file, ConfigHistory history, ManagementSecret secret, AuditTrail audit, Func<GatewayConfig> config, TimeProvider time)
{
    private readonly ConfigRedactor _redactor = new();
    private readonly HourlyNotes _rawReads = new(time);

    /// <summary>Every setting that is in force, and where it comes from. Secrets are shown as marks.</summary>
    public async Task<SettingsView> GetAsync(CancellationToken cancellationToken)
    {
        var (text, version) = await file.ReadAsync(cancellationToken);
        var written = ConfigScalars.Read(text).ToDictionary(scalar => scalar.Path);
        var rows = SettingsTable.Rows.Select(row =>
        {
            var value = row.Value(config());
            if (value is JsonValue && value.GetValueKind() == JsonValueKind.String) value = _redactor.Hide(row.Path, value.GetValue<string>());
            return new SettingView(row.Path, value, written.TryGetValue(row.Path, out var scalar) ? OriginOf(scalar) : "default", row.AtStart);
        }).ToList();
        var others = written.Values.Where(scalar => rows.TrueForAll(row => row.Path != scalar.Path))
            .Select(scalar => new SettingView(scalar.Path, _redactor.Hide(scalar.Path, scalar.Value), OriginOf(scalar), SettingsTable.WaitsForStart(scalar.Path), Known: !file.Problems.Any(problem => problem.Path == scalar.Path)));
        return new SettingsView(file.Path, version != ConfigFile.Nothing, version, [.. rows, .. others], [.. file.Problems.Select(ProblemView.From)], secret.IsSet);
    }

    /// <summary>Changes single keys of the configuration's file in place: all of them, or none. Comments, order and unknown keys stay.</summary>
    /// <param name="changes">Paths (<c>routing.strategy</c>, <c>api-keys[+]</c>) and their new values; null takes a key away.</param>
    /// <param name="expectedVersion">The version that the caller saw; null or <c>*</c> for whichever stands there.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="cancellationToken">Stops it before anything is written.</param>
    public async Task<ManagementResult<SettingsChangedView>> ChangeAsync(IReadOnlyList<KeyValuePair<string, JsonNode?>> changes, string? expectedVersion, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (changes.Count == 0) return ManagementError.Invalid("Say what to change: {\"routing.strategy\": \"sticky\"}.");
        var change = await file.ChangeAsync(expectedVersion, text => Apply(text, changes), cancellationToken);
        return await RecordAsync(change, actor, [.. changes.Select(pair => pair.Key)]);
    }

    /// <summary>The configuration's file as data, its secrets included; empty where there is none. The audit log takes note of it once an hour for each actor.</summary>
    /// <param name="actor">Who reads it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<JsonObject>> ReadValuesAsync(Actor actor, CancellationToken cancellationToken)
    {
        var (text, version) = await file.ReadAsync(cancellationToken);
        if (ConfigValues.Read(text) is not { } values) return Unreadable();
        if (version != ConfigFile.Nothing) await NoteKeysShownAsync(actor);
        return values;
    }

    /// <summary>Takes note in the audit log, once an hour for each actor, that keys of the configuration's file are shown.</summary>
    public Task NoteKeysShownAsync(Actor actor) => _rawReads.IsDue(actor) ? audit.RecordAsync(actor, "settings.read-raw", "config") : Task.CompletedTask;

    /// <summary>Changes keys of the configuration's file by what stands there now: nobody else's change comes between the reading and the writing. Comments, order and unknown keys stay.</summary>
    /// <param name="edit">Gets the file as data, and says which paths get which values (null takes a key away), or why nothing can be changed. No changes are no error.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="cancellationToken">Stops it before anything is written.</param>
    public async Task<ManagementResult<SettingsChangedView>> EditAsync(Func<JsonObject, ManagementResult<IReadOnlyList<KeyValuePair<string, JsonNode?>>>> edit, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(edit);
        IReadOnlyList<KeyValuePair<string, JsonNode?>> changes = [];
        var change = await file.ChangeAsync(null, text =>
        {
            if (ConfigValues.Read(text) is not { } values) return Unreadable();
            var wanted = edit(values);
            if (!wanted.Succeeded) return wanted.Error;
            changes = wanted.Value;
            return Apply(text, changes);
        }, cancellationToken);
        // Who asked for nothing, or for what cannot be, has changed nothing that the log should know of.
        return changes.Count == 0 ? change.Map(none => new SettingsChangedView(none.Version, none.Changed, [], [.. none.Problems.Select(ProblemView.From)])) : await RecordAsync(change, actor, [.. changes.Select(pair => pair.Key)]);
    }

    /// <summary>The configuration's text.</summary>
    /// <param name="showSecrets">Whether secrets are shown, which the audit log takes note of; otherwise they are marks.</param>
    /// <param name="actor">Who reads it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<ConfigTextView>> ReadFileAsync(bool showSecrets, Actor actor, CancellationToken cancellationToken)
    {
        var (text, version) = await file.ReadAsync(cancellationToken);
        if (version == ConfigFile.Nothing) return ManagementError.NotFound("There is no configuration file yet; the first change makes it.");
        if (!showSecrets && !CanHide(text))
            return ManagementError.Conflict("The file is not valid YAML, so its secrets cannot be found.", "configuration_unreadable", "Read it with its secrets shown.");
        if (showSecrets) await audit.RecordAsync(actor, "settings.read-raw", "config");
        return new ConfigTextView(showSecrets ? text : _redactor.Hide(text), version);
    }

    /// <summary>Replaces the configuration's text, if it can be used.</summary>
    /// <param name="text">The new text. It may keep the marks of hidden secrets: each becomes the secret that the file has.</param>
    /// <param name="expectedVersion">The version that the caller saw; null or <c>*</c> for whichever stands there.</param>
    /// <param name="actor">Who replaces it.</param>
    /// <param name="cancellationToken">Stops it before anything is written.</param>
    public async Task<ManagementResult<SettingsChangedView>> WriteFileAsync(string text, string? expectedVersion, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        var change = await file.ChangeAsync(expectedVersion, old => _redactor.Reveal(text, old) is { } revealed
            ? revealed
            : UnknownMark(), cancellationToken);
        return await RecordAsync(change, actor, []);
    }

    /// <summary>What would come of a text that is not saved.</summary>
    /// <param name="text">The text. It may keep the marks of hidden secrets.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<ConfigCheckView>> CheckAsync(string text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (old, version) = await file.ReadAsync(cancellationToken);
        if (_redactor.Reveal(text, old) is not { } revealed) return UnknownMark();
        var result = file.Check(revealed);
        var changed = ConfigHistory.ChangedKeys(old, revealed);
        return new ConfigCheckView(result.IsUsable, [.. result.Problems.Select(ProblemView.From)], [.. changed.Where(SettingsTable.WaitsForStart)], changed, DiffOf(version == ConfigFile.Nothing ? null : old, revealed));
    }

    /// <summary>Makes a former text of the configuration's file its text again.</summary>
    /// <param name="text">The text, with its secrets.</param>
    /// <param name="version">What the history calls it.</param>
    /// <param name="expectedVersion">The version of the file that the caller saw; <c>*</c> for whichever stands there.</param>
    /// <param name="actor">Who restores it.</param>
    /// <param name="cancellationToken">Stops it before anything is written.</param>
    internal async Task<ManagementResult<SettingsChangedView>> RestoreAsync(string text, string version, string expectedVersion, Actor actor, CancellationToken cancellationToken)
        => await RecordAsync(await file.ChangeAsync(expectedVersion, _ => text, cancellationToken), actor, [], $"version {version} restored");

    /// <summary>A text without its secrets.</summary>
    internal string Masked(string text) => _redactor.Hide(text);

    private async Task<ManagementResult<SettingsChangedView>> RecordAsync(ManagementResult<ConfigChange> change, Actor actor, IReadOnlyList<string> paths, string? words = null)
    {
        var target = paths.Count == 0 ? "config" : string.Join(", ", paths);
        var action = words is null ? "settings.change" : "settings.restore";
        if (!change.Succeeded)
        {
            await audit.RecordAsync(actor, action, target, AuditTrail.Refused, change.Error.Kind == ManagementErrorKind.Unusable ? "the configuration would not be usable" : change.Error.Text);
            return change.Error;
        }

        var (problems, version, changed) = change.Value;
        if (changed)
        {
            await audit.RecordAsync(actor, action, target, AuditTrail.Done, words is null ? $"version {version.Trim('"')}" : $"{words}; version {version.Trim('"')}");
            await RememberAsync(change.Value, actor, words);
            if (paths.Count == 0) paths = ConfigHistory.ChangedKeys(change.Value.Before, change.Value.Text);
        }

        return new SettingsChangedView(version, changed, [.. paths.Where(SettingsTable.WaitsForStart)], [.. problems.Select(ProblemView.From)]);
    }

    /// <summary>The change is made: a store that is away takes nothing of it back. What is missing in the history is found there with the next change.</summary>
    private async Task RememberAsync(ConfigChange change, Actor actor, string? words)
    {
        try
        {
            await history.AddAsync(change.Text, change.Before, actor.Name, actor.Address, words, CancellationToken.None);
        }
        catch (Exception ex) when (ex is StoreException or SecretUnreadableException)
        {
            // Told by the store's own health.
        }
    }

    private string? DiffOf(string? old, string text)
        => CanHide(old) && CanHide(text) ? UnifiedDiff.Create(file.Name.Length > 0 ? file.Name : "config.yaml", old is null ? null : _redactor.Hide(old), _redactor.Hide(text)) : null;

    private static bool CanHide(string? text) => string.IsNullOrWhiteSpace(text) || ConfigEditor.CanRead(text);

    private static ManagementError UnknownMark()
        => ManagementError.Invalid("The text has a mark of a hidden secret that is not in the file (any more). Read the file again, or write the secret itself.", null, "unknown_mark");

    private static ManagementResult<string> Apply(string text, IReadOnlyList<KeyValuePair<string, JsonNode?>> changes)
    {
        foreach (var (path, value) in changes)
        {
            var edit = ConfigEditor.Set(text, path, value?.DeepClone());
            if (edit.Text is null) return ManagementError.Invalid(edit.Fault!, path);
            text = edit.Text;
        }

        return text;
    }

    private static ManagementError Unreadable() => ManagementError.Conflict("The configuration file is not valid YAML.", "configuration_unreadable", "Correct it by hand, or replace it whole.");

    private static string OriginOf(ConfigScalar scalar) => scalar.Value.Contains("${", StringComparison.Ordinal) ? "environment" : "file";
}
