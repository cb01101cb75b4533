using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>A piece of a turn. Everything said, shown, called or thought is one of the kinds below.</summary>
public abstract class Block
{
    /// <summary>A hint that the prompt up to and including this block is worth caching, or null.</summary>
    public CacheHint? Cache { get; set; }

    /// <summary>Fields of the source block that the model does not name.</summary>
    public List<Extra>? Extras { get; set; }

    /// <summary>
    /// An opaque token that the source attached to this block and wants back unchanged (Gemini's <c>thoughtSignature</c> on a text or
    /// functionCall part); empty where there is none. A reasoning block's own signature is <see cref="ReasoningBlock.Signature"/>.
    /// </summary>
    public JsonText PartSignature { get; set; }
}

/// <summary>Plain text.</summary>
public sealed class TextBlock(JsonText text) : Block
{
    /// <summary>The text.</summary>
    public JsonText Text { get; } = text;

    /// <summary>Sources the text is based on, or null.</summary>
    public List<Citation>? Citations { get; init; }

    /// <summary>Whether the operator says it inside another's turn (Anthropic's <c>mid_conv_system</c>).</summary>
    public bool IsSystem { get; init; }
}

/// <summary>A refusal, said by the assistant in place of an answer (OpenAI's <c>refusal</c> part).</summary>
public sealed class RefusalBlock(JsonText text) : Block
{
    /// <summary>The words of the refusal.</summary>
    public JsonText Text { get; } = text;
}

/// <summary>An image.</summary>
public sealed class ImageBlock(MediaSource source) : Block
{
    /// <summary>Where the bytes are.</summary>
    public MediaSource Source { get; } = source;

    /// <summary>OpenAI's <c>detail</c> (<c>low</c>, <c>high</c>, <c>auto</c>, <c>original</c>), or null.</summary>
    public string? Detail { get; init; }
}

/// <summary>A document: PDF, plain text or another file, given whole.</summary>
public sealed class DocumentBlock(MediaSource source) : Block
{
    /// <summary>Where the bytes or the text are.</summary>
    public MediaSource Source { get; } = source;

    /// <summary>The file's name or the document's title, or null.</summary>
    public string? Title { get; init; }

    /// <summary>What the sender says about the document, or null.</summary>
    public string? Context { get; init; }

    /// <summary>Whether the answer shall cite the document; null where the source does not say.</summary>
    public bool? Citations { get; init; }
}

/// <summary>A sound.</summary>
public sealed class AudioBlock(MediaSource source) : Block
{
    /// <summary>Where the bytes are.</summary>
    public MediaSource Source { get; } = source;
}

/// <summary>A moving picture.</summary>
public sealed class VideoBlock(MediaSource source) : Block
{
    /// <summary>Where the bytes are.</summary>
    public MediaSource Source { get; } = source;
}

/// <summary>A call of one of the client's tools, made by the assistant.</summary>
public sealed class ToolCallBlock(string id, string name, ToolArguments arguments) : Block
{
    /// <summary>The call's id, unique in the conversation; results refer to it. Empty where the source protocol has none (old Gemini).</summary>
    public string Id { get; } = id;

    /// <summary>The tool's name.</summary>
    public string Name { get; set; } = name;

    /// <summary>What is passed. For a custom tool: the free text, in <see cref="ToolArguments.Text"/>.</summary>
    public ToolArguments Arguments { get; } = arguments;

    /// <summary>Whether the tool takes free text (Responses' custom tools) and not JSON.</summary>
    public bool IsCustom { get; init; }

    /// <summary>The whole item as it stood where its protocol has a form of its own for it (Responses' <c>tool_search_call</c>); else empty.</summary>
    public JsonSlice Raw { get; init; }
}

/// <summary>What a tool gave back.</summary>
public sealed class ToolResultBlock(string callId, List<Block> content) : Block
{
    /// <summary>The id of the call this answers.</summary>
    public string CallId { get; } = callId;

    /// <summary>Text, images and documents, in order.</summary>
    public List<Block> Content { get; } = content;

    /// <summary>The tool's name where the source protocol says it (Gemini), or null; readers fill it from the call where they can.</summary>
    public string? Name { get; set; }

    /// <summary>Whether the tool failed.</summary>
    public bool IsError { get; init; }

    /// <summary>Whether the call was to a custom (free text) tool.</summary>
    public bool IsCustom { get; init; }

    /// <summary>The whole item as it stood where its protocol has a form of its own for it (Responses' <c>tool_search_output</c>); else empty.</summary>
    public JsonSlice Raw { get; init; }

    /// <summary>The result as the JSON value it stood as, where the source protocol carries an object (Gemini's <c>response</c>); else empty.</summary>
    public JsonSlice Value { get; init; }
}

/// <summary>A deferred tool that a search has found, inside the search's result: from there on the model may call it (Anthropic's <c>tool_reference</c>).</summary>
public sealed class ToolReferenceBlock(string name) : Block
{
    /// <summary>The tool's name.</summary>
    public string Name { get; } = name;
}

/// <summary>Reasoning that the model did before it answered, with whatever the provider needs to get back to trust it.</summary>
public sealed class ReasoningBlock : Block
{
    /// <summary>The reasoning, or its summary; may be empty.</summary>
    public JsonText Text { get; init; }

    /// <summary>Whether <see cref="Text"/> is a summary (Responses' <c>summary</c>) and not the reasoning itself.</summary>
    public bool IsSummary { get; init; }

    /// <summary>Anthropic's <c>signature</c>, Gemini's <c>thoughtSignature</c>, Responses' <c>encrypted_content</c>: opaque, returned unchanged.</summary>
    public JsonText Signature { get; set; }

    /// <summary>Whether there is no readable text and <see cref="Signature"/> holds Anthropic's <c>redacted_thinking</c> data.</summary>
    public bool IsRedacted { get; init; }

    /// <summary>The item's id (Responses), or null.</summary>
    public string? Id { get; init; }

    /// <summary>Which family of models made <see cref="Signature"/>, where known; another family must not be given it.</summary>
    public SignatureFamily Family { get; set; }
}

/// <summary>A call of a tool that the provider itself hosts and runs (web search, code execution, …).</summary>
public sealed class HostedToolCallBlock(string id, string tool, JsonSlice input) : Block
{
    /// <summary>The call's id.</summary>
    public string Id { get; } = id;

    /// <summary>Which tool, in the words of <see cref="Tool.HostedKind"/> where it has one (<c>web_search</c>, <c>code_execution</c>), else the source's own.</summary>
    public string Tool { get; } = tool;

    /// <summary>What was passed; for a web search an object with <c>query</c>.</summary>
    public JsonSlice Input { get; } = input;

    /// <summary>The protocol the block was read from.</summary>
    public Protocol Origin { get; init; }

    /// <summary>The whole block as it stood in <see cref="Origin"/>, so that the same protocol gets it back whole. May be empty.</summary>
    public JsonSlice Raw { get; init; }
}

/// <summary>What a hosted tool found.</summary>
public sealed class HostedToolResultBlock(string callId, string tool) : Block
{
    /// <summary>The id of the hosted call.</summary>
    public string CallId { get; } = callId;

    /// <summary>Which tool.</summary>
    public string Tool { get; } = tool;

    /// <summary>For a web search: the pages found, or null.</summary>
    public List<Citation>? Sources { get; init; }

    /// <summary>For a search among deferred tools: the names of those it found, or null.</summary>
    public List<string>? FoundTools { get; init; }

    /// <summary>An error code, or null for success.</summary>
    public string? Error { get; init; }

    /// <summary>The protocol the block was read from.</summary>
    public Protocol Origin { get; init; }

    /// <summary>The whole block as it stood in <see cref="Origin"/>. May be empty.</summary>
    public JsonSlice Raw { get; init; }
}

/// <summary>A block that only its own protocol knows, kept as it stood; any other target reports it lost.</summary>
public sealed class OpaqueBlock(Protocol origin, string type, JsonSlice raw) : Block
{
    /// <summary>The protocol the block was read from.</summary>
    public Protocol Origin { get; } = origin;

    /// <summary>Its type in that protocol.</summary>
    public string Type { get; } = type;

    /// <summary>The whole block.</summary>
    public JsonSlice Raw { get; } = raw;
}
