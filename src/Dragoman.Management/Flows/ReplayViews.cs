namespace Dragoman.Management.Flows;

/// <summary>How a request is sent again; what is absent is as it was.</summary>
/// <param name="Model">Another model, by the name a client would use.</param>
/// <param name="Account">The account that shall answer, by id or label; absent lets routing choose.</param>
/// <param name="Stream">Streamed or whole.</param>
public sealed record ReplayInput(string? Model, string? Account, bool? Stream);

/// <summary>A replay beside its original.</summary>
/// <param name="Original">What was.</param>
/// <param name="Replay">What is now.</param>
/// <param name="Differences">What differs: <c>status</c>, <c>text</c>, <c>tool_calls</c>, <c>usage</c>, <c>model</c>, <c>account</c>.</param>
public sealed record ReplayView(ReplaySide Original, ReplaySide Replay, IReadOnlyList<string> Differences);

/// <summary>One of two answers.</summary>
/// <param name="Flow">The flow.</param>
/// <param name="Text">What was said; absent where it was not recorded or cannot be read.</param>
/// <param name="ToolCalls">The tools it called.</param>
public sealed record ReplaySide(FlowView Flow, string? Text, IReadOnlyList<ReplayToolCall> ToolCalls);

/// <summary>A tool's call.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">What was passed, as text.</param>
public sealed record ReplayToolCall(string Name, string Arguments);
