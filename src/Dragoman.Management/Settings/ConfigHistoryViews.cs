namespace Dragoman.Management.Settings;

/// <summary>The texts that the configuration's file has had.</summary>
/// <param name="Entries">The newest first.</param>
/// <param name="Next">What to ask for the next page with; absent at the end.</param>
public sealed record ConfigHistoryView(IReadOnlyList<ConfigHistoryEntryView> Entries, string? Next);

/// <summary>A text that the configuration's file has had.</summary>
/// <param name="Version">What it is shown and restored by.</param>
/// <param name="At">When it came into force.</param>
/// <param name="Actor">Who made it: <c>management</c>, <c>cli</c>, <c>editor</c> for a change in the file itself, <c>file</c> for one that was found there.</param>
/// <param name="Source">From where: a network address, or the file's name.</param>
/// <param name="Summary">The keys that changed.</param>
/// <param name="Current">Whether it is what the file says now.</param>
/// <param name="Bytes">How long it is.</param>
public sealed record ConfigHistoryEntryView(string Version, DateTimeOffset At, string Actor, string Source, string Summary, bool Current, int Bytes);

/// <summary>What would come of a text that is not saved.</summary>
/// <param name="Usable">Whether the gateway would take it.</param>
/// <param name="Problems">What is wrong with it, or was noticed in it.</param>
/// <param name="NeedsRestart">Which of the changed keys would wait for the next start.</param>
/// <param name="Changed">The keys in which it differs from the file.</param>
/// <param name="Diff">The difference of the lines from the file's, in the unified form, with marks in place of secrets; empty where there is none. Absent where one of the two is no YAML, so that its secrets cannot be told from the rest.</param>
public sealed record ConfigCheckView(bool Usable, IReadOnlyList<ProblemView> Problems, IReadOnlyList<string> NeedsRestart, IReadOnlyList<string> Changed, string? Diff);
