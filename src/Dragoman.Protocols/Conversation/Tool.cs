using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>What sort of tool a declaration is.</summary>
public enum ToolKind
{
    /// <summary>A function with JSON arguments that the client runs.</summary>
    Function,

    /// <summary>A tool with free-text input that the client runs (Responses' and Chat's custom tools).</summary>
    Custom,

    /// <summary>A tool that the provider runs, or whose schema the provider knows (web search, code execution, Anthropic's bash, …).</summary>
    Hosted,
}

/// <summary>The hosted tools that more than one protocol has. Values of <see cref="Tool.HostedKind"/>.</summary>
public static class HostedTools
{
    /// <summary>Search of the web: Responses' <c>web_search</c>, Anthropic's <c>web_search_2025…</c>, Gemini's <c>googleSearch</c>.</summary>
    public const string WebSearch = "web_search";

    /// <summary>Fetching of pages: Anthropic's <c>web_fetch_…</c>, Gemini's <c>urlContext</c>.</summary>
    public const string WebFetch = "web_fetch";

    /// <summary>Running of code: Responses' <c>code_interpreter</c>, Anthropic's <c>code_execution_…</c>, Gemini's <c>codeExecution</c>.</summary>
    public const string CodeExecution = "code_execution";

    /// <summary>Search among deferred tools that the client runs itself: Responses' <c>tool_search</c> of <c>"execution":"client"</c>.</summary>
    public const string ToolSearch = "tool_search";
}

/// <summary>A tool declared by the client.</summary>
public sealed class Tool
{
    private JsonSlice _raw;

    /// <summary>What sort of tool.</summary>
    public ToolKind Kind { get; init; }

    /// <summary>The name the model calls it by.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, or empty.</summary>
    public JsonText Description { get; init; }

    /// <summary>The JSON Schema of a function's arguments, as it stood; empty when the client gave none.</summary>
    public JsonSlice Parameters { get; init; }

    /// <summary>Whether arguments must match the schema strictly; null where the source does not say.</summary>
    public bool? Strict { get; init; }

    /// <summary>A custom tool's input format (Responses' <c>format</c>: text, or a grammar), as it stood; else empty.</summary>
    public JsonSlice Format { get; init; }

    /// <summary>
    /// For a hosted tool: which (<see cref="HostedTools"/> where one fits, else the source's own type). A function that stands for a tool
    /// type of the client's own protocol (Responses' <c>local_shell</c>, <c>shell</c>, <c>apply_patch</c>) names that type here.
    /// </summary>
    public string? HostedKind { get; init; }

    /// <summary>
    /// The namespace a function stands in (Responses' <c>namespace</c> tools), or null. <see cref="Name"/> then is the flat name,
    /// <c>namespace__function</c>, which every protocol can carry; the client's writer takes it apart again.
    /// </summary>
    public string? Namespace { get; init; }

    /// <summary>For a hosted web search: domains it must stay in, or null.</summary>
    public List<string>? AllowedDomains { get; init; }

    /// <summary>For a hosted web search: domains it must leave out, or null.</summary>
    public List<string>? BlockedDomains { get; init; }

    /// <summary>For a hosted tool: how often it may be used in one answer, or null.</summary>
    public int? MaxUses { get; init; }

    /// <summary>For a hosted web search: the user's whereabouts as they stood (<c>{"type":"approximate","city":…}</c>, alike in Responses and Anthropic).</summary>
    public JsonSlice UserLocation { get; init; }

    /// <summary>Whether the model shall see the tool only once a search has found it (<c>defer_loading</c>).</summary>
    public bool IsDeferred { get; init; }

    /// <summary>Whether it is declared by what a search found in the conversation (Responses' <c>tool_search_output</c>), not by the request's own list.</summary>
    public bool IsFound { get; init; }

    /// <summary>
    /// Whether it was deferred, or searches for deferred tools, and goes to an upstream that does not know deferring: it is written anew as a plain
    /// function under its flat name, whatever its declaration was.
    /// </summary>
    public bool IsLoaded { get; private set; }

    /// <summary>A cache hint on the declaration, or null.</summary>
    public CacheHint? Cache { get; init; }

    /// <summary>The protocol the declaration was read from.</summary>
    public Protocol Origin { get; init; }

    /// <summary>The whole declaration as it stood, for a target of the same protocol. May be empty.</summary>
    public JsonSlice Raw { get => _raw; init => _raw = value; }

    /// <summary>Fields the model does not name.</summary>
    public List<Extra>? Extras { get; set; }

    /// <summary>The tool as it is declared to an upstream that does not know deferring (<see cref="IsLoaded"/>).</summary>
    internal Tool Loaded()
    {
        var copy = (Tool)MemberwiseClone();
        copy.IsLoaded = true;
        copy._raw = default;
        copy.Extras = Extras?.FindAll(static extra => extra.Name is not ("defer_loading" or "execution"));
        return copy;
    }
}
