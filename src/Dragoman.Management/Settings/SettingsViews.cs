using System.Text.Json.Nodes;
using Dragoman.Gateway.Settings;

namespace Dragoman.Management.Settings;

/// <summary>What is in force, and where it comes from.</summary>
/// <param name="File">The configuration's file; absent when the gateway runs without one.</param>
/// <param name="FileExists">Whether it is there yet; it is made by the first change.</param>
/// <param name="Version">The version of its text: the <c>ETag</c> of <c>/settings/config</c>.</param>
/// <param name="Settings">Every setting.</param>
/// <param name="Problems">What is wrong with the file, or was noticed in it.</param>
/// <param name="ManagementSecret">Whether there is a management secret, wherever it is kept.</param>
public sealed record SettingsView(string? File, bool FileExists, string Version, IReadOnlyList<SettingView> Settings, IReadOnlyList<ProblemView> Problems, bool ManagementSecret);

/// <summary>A setting.</summary>
/// <param name="Path">Where it stands in the file: <c>routing.strategy</c>.</param>
/// <param name="Value">What is in force; a secret is shown as a mark. Absent for nothing.</param>
/// <param name="Origin"><c>file</c>, <c>environment</c> (named by the file), or <c>default</c>.</param>
/// <param name="NeedsRestart">Whether a change waits for the next start.</param>
/// <param name="Known">False for a key that does nothing here and is kept.</param>
public sealed record SettingView(string Path, JsonNode? Value, string Origin, bool NeedsRestart, bool Known = true);

/// <summary>Something wrong with the configuration.</summary>
/// <param name="Severity"><c>error</c> or <c>warning</c>.</param>
/// <param name="Path">The key; empty for the file as a whole.</param>
/// <param name="Line">The line, from 1; 0 for none.</param>
/// <param name="Column">The column, from 1; 0 for none.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
public sealed record ProblemView(DiagnosticSeverity Severity, string Path, int Line, int Column, string Message, string? Remedy)
{
    internal static ProblemView From(ConfigDiagnostic problem) => new(problem.Severity, problem.Path, problem.Line, problem.Column, problem.Message, problem.Remedy);

    /// <summary>A finding of a configuration that could not be used.</summary>
    public static ProblemView From(ManagementFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return new(finding.IsWarning ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error, finding.Field ?? "", finding.Line, finding.Column, finding.Message, finding.Fix);
    }
}

/// <summary>What a change did.</summary>
/// <param name="Version">The version of the text that stands now.</param>
/// <param name="Changed">Whether anything was written; false when it said so already.</param>
/// <param name="NeedsRestart">Which of the changed keys wait for the next start.</param>
/// <param name="Problems">What was noticed in the new text.</param>
public sealed record SettingsChangedView(string Version, bool Changed, IReadOnlyList<string> NeedsRestart, IReadOnlyList<ProblemView> Problems);

/// <summary>The configuration's text.</summary>
/// <param name="Text">The text; its secrets are marks unless they were asked for.</param>
/// <param name="Version">The version of the file.</param>
public sealed record ConfigTextView(string Text, string Version);
