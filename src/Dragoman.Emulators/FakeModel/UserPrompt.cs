using System.Text.Json.Nodes;

namespace Dragoman.Emulators.FakeModel;

/// <summary>A picture or file the user showed.</summary>
internal sealed record Attachment(string MediaType, byte[]? Data, string? Reference = null);

/// <summary>What a tool answered.</summary>
internal sealed record ToolOutcome(string Name, string Text, bool IsError = false);

/// <summary>How a tool is called: by JSON, by free text, or by one of the provider's own item types.</summary>
internal enum ToolKind
{
    Function,
    Custom,
    LocalShell,
    Shell,
    ApplyPatch,
    WebSearch,
}

/// <summary>A tool the client offers.</summary>
internal sealed record ToolOffer(string Name, ToolKind Kind, JsonNode? Schema = null);

/// <summary>A part of the prompt in the order the provider reads it, for counting and caching. Ttl is set where a cache mark ends.</summary>
internal sealed record PromptSegment(string Text, string? Ttl = null);

/// <summary>What the mind needs to know of a request, whichever protocol it came in.</summary>
internal sealed class UserPrompt
{
    public required string Model { get; init; }

    /// <summary>The text of the last turn in which the user wrote something.</summary>
    public string UserText { get; set; } = "";

    public List<Attachment> Attachments { get; } = [];

    /// <summary>The tool results of the last turn.</summary>
    public List<ToolOutcome> Outcomes { get; } = [];

    /// <summary>How often the model has called tools since the user last wrote.</summary>
    public int Rounds { get; set; }

    public List<ToolOffer> Tools { get; } = [];

    public bool ToolsForbidden { get; set; }

    public bool ToolsRequired { get; set; }

    public string? ForcedTool { get; set; }

    public bool Parallel { get; set; } = true;

    public bool Reasoning { get; set; }

    public bool WantsJson { get; set; }

    public JsonNode? OutputSchema { get; set; }

    public List<string> Stops { get; } = [];

    public int? MaxTokens { get; set; }

    public List<PromptSegment> Prompt { get; } = [];

    /// <summary>Text the client put into the model's mouth (Anthropic prefill).</summary>
    public string Prefill { get; set; } = "";
}
