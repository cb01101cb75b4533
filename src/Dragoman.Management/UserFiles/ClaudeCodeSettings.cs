using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Management.Audit;
using Dragoman.Management.Hosting;

namespace Dragoman.Management.UserFiles;

/// <summary>
/// Claude Code's settings in the person's home folder (<c>settings.json</c>; wire notes codex-and-antigravity §A.8), for surfaces whose clients point Claude Code at the gateway by them. They hold keys,
/// and belong to another program: they are shown and changed for callers on the gateway's own machine only, and only where <c>surfaces.write-user-files</c> allows it.
/// </summary>
public sealed class ClaudeCodeSettings(ManagementPaths paths, Func<GatewayConfig> config, AuditTrail audit, TimeProvider time) : IDisposable
{
    /// <summary>The member that holds the variables of the environment that Claude Code runs with.</summary>
    public const string EnvironmentMember = "env";

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>The file.</summary>
    public string FilePath => Path.Combine(paths.UserFolder(".claude", "CLAUDE_CONFIG_PATH", "CLAUDE_CONFIG_DIR"), "settings.json");

    /// <summary>What the file holds; an empty object where there is none.</summary>
    /// <param name="isLocal">Whether the caller is a program on the gateway's own machine.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<ClaudeCodeSettingsView>> ReadAsync(bool isLocal, CancellationToken cancellationToken)
    {
        if (Refusal(isLocal) is { } refusal) return refusal;
        var file = FilePath;
        return (await new UserJsonFile(file, time).ReadAsync(cancellationToken)).Map(settings => new ClaudeCodeSettingsView(file, settings));
    }

    /// <summary>Changes members of the file; what is not named stays as it is.</summary>
    /// <param name="edit">Makes the change; the object it is given may be empty.</param>
    /// <param name="summary">What the change is, for the audit log; no values.</param>
    /// <param name="isLocal">Whether the caller is a program on the gateway's own machine.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="cancellationToken">Gives up before anything is written.</param>
    public async Task<ManagementResult<ClaudeCodeSettingsView>> ChangeAsync(Action<JsonObject> edit, string summary, bool isLocal, Actor actor, CancellationToken cancellationToken)
    {
        if (Refusal(isLocal) is { } refusal) return refusal;
        var file = FilePath;
        await _gate.WaitAsync(cancellationToken);
        ManagementResult<JsonObject> changed;
        try
        {
            changed = await new UserJsonFile(file, time).ChangeAsync(edit, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }

        await audit.RecordAsync(actor, "user-file.change", file, changed.Succeeded ? AuditTrail.Done : AuditTrail.Failed, summary);
        return changed.Map(settings => new ClaudeCodeSettingsView(file, settings));
    }

    /// <summary>Sets variables of the environment that Claude Code runs with, and takes away those that are null.</summary>
    public static void SetEnvironment(JsonObject settings, IEnumerable<KeyValuePair<string, string?>> variables)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(variables);
        if (settings[EnvironmentMember] is not JsonObject environment) settings[EnvironmentMember] = environment = new JsonObject();
        foreach (var (name, value) in variables)
        {
            if (value is null) environment.Remove(name);
            else environment[name] = value;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private ManagementError? Refusal(bool isLocal)
    {
        if (!config().Surfaces.WriteUserFiles)
            return ManagementError.Forbidden("The gateway may not read or change files of other programs.", "user_files_not_allowed", "Set surfaces.write-user-files: true in its configuration.");
        return isLocal ? null : ManagementError.Forbidden("Files of other programs are shown and changed for callers on the gateway's own machine only.", "user_files_are_local");
    }
}

/// <summary>Claude Code's settings.</summary>
/// <param name="Path">The file.</param>
/// <param name="Settings">What it holds; keys among it.</param>
public sealed record ClaudeCodeSettingsView(string Path, JsonObject Settings)
{
    /// <summary>A record would print its members, and these hold keys.</summary>
    public override string ToString() => Path;
}
