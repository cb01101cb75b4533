using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Management.Flows.Conversations;

/// <summary>Where a piece of a prompt stands; prompt caches take them in this order.</summary>
internal enum PromptSection
{
    /// <summary>The tools.</summary>
    Tools,

    /// <summary>The system prompt.</summary>
    System,

    /// <summary>The messages.</summary>
    Messages,
}

/// <summary>A piece of a prompt: a tool, a block of the system prompt, a message.</summary>
/// <param name="Section">Where it stands.</param>
/// <param name="Path">Where it stands in the body, for example <c>messages[3]</c>.</param>
/// <param name="Hash">The hash of its content; marks of caching are left out.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct PromptSegment(PromptSection Section, string Path, ulong Hash, int Length);

/// <summary>
/// A recorded request as the pieces that a prompt cache compares, in the order of the cache. The body is read token by token and hashed; nothing of it is kept. Members are known by their names in
/// all protocols; marks where a cache should begin move with every turn and are no content.
/// </summary>
internal sealed class PromptSegments
{
    private readonly List<PromptSegment> _all = [];

    /// <summary>The pieces.</summary>
    public IReadOnlyList<PromptSegment> All => _all;

    /// <summary>Whether the body was read to its end: of a long one the middle is not recorded.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether the client asked for a cache that lives for an hour.</summary>
    public bool HasLongLife { get; private set; }

    /// <summary>The bytes of all pieces.</summary>
    public long Length { get; private set; }

    /// <summary>Reads a body.</summary>
    public static PromptSegments Read(ReadOnlySpan<byte> body)
    {
        var segments = new PromptSegments();
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 512 });
        try
        {
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                segments.ReadBody(ref reader);
                segments.IsWhole = true;
            }
        }
        catch (JsonException)
        {
            // What was read until here is good.
        }

        segments._all.Sort(static (one, other) => one.Section.CompareTo(other.Section) is not 0 and var order ? order : Index(one.Path).CompareTo(Index(other.Path)));
        segments.Length = segments._all.Sum(segment => (long)segment.Length);
        return segments;
    }

    private static int Index(string path) => path.IndexOf('[', StringComparison.Ordinal) is >= 0 and var at ? int.Parse(path.AsSpan(at + 1, path.Length - at - 2), System.Globalization.CultureInfo.InvariantCulture) : 0;

    private void ReadBody(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = MemberOf(ref reader);
            reader.Read();
            if (member is null) reader.Skip();
            else if (member is "request") ReadInner(ref reader);
            else ReadPieces(ref reader, SectionOf(member), member);
        }
    }

    /// <summary>Some services wrap the request of their protocol.</summary>
    private void ReadInner(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartObject) ReadBody(ref reader);
        else reader.Skip();
    }

    private static string? MemberOf(ref Utf8JsonReader reader)
    {
        foreach (var name in (ReadOnlySpan<string>)["messages", "input", "contents", "system", "instructions", "systemInstruction", "system_instruction", "tools", "toolConfig", "request"])
            if (reader.ValueTextEquals(name)) return name;
        return null;
    }

    private static PromptSection SectionOf(string member) => member switch
    {
        "tools" or "toolConfig" => PromptSection.Tools,
        "messages" or "input" or "contents" => PromptSection.Messages,
        _ => PromptSection.System,
    };

    private void ReadPieces(ref Utf8JsonReader reader, PromptSection section, string member)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Add(ref reader, section, member);
            return;
        }

        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++) Add(ref reader, section, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{member}[{index}]"));
    }

    private void Add(ref Utf8JsonReader reader, PromptSection section, string path)
    {
        var start = reader.TokenStartIndex;
        var isContent = true;
        var hash = Hash(ref reader, ref isContent);
        if (isContent) _all.Add(new PromptSegment(section, path, hash, (int)(reader.BytesConsumed - start)));
    }

    /// <summary>The hash of the value that the reader stands on, and the reader behind it.</summary>
    private ulong Hash(ref Utf8JsonReader reader, ref bool isContent)
    {
        var hash = ContentHash.Basis;
        var depth = reader.CurrentDepth;
        var isText = false;
        while (true)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName when reader.ValueTextEquals("cache_control") || reader.ValueTextEquals("cachePoint"):
                    reader.Read();
                    SkipMark(ref reader);
                    break;
                case JsonTokenType.PropertyName:
                    // A text alone and a list of one block of text are the same prompt; clients change between them to set a mark.
                    isText = reader.ValueTextEquals("content") || reader.ValueTextEquals("text");
                    if (!isText && !reader.ValueTextEquals("type")) hash = ContentHash.Compute(reader.ValueSpan, Mark(hash, 'p'));
                    break;
                case JsonTokenType.String:
                    if (reader.ValueSpan.StartsWith("x-anthropic-billing-header:"u8)) isContent = false;
                    // The kinds of blocks of text say nothing more than that they are.
                    if (isText || !IsKindOfText(ref reader)) hash = ContentHash.Compute(reader.ValueSpan, Mark(hash, 's'));
                    isText = false;
                    break;
                case JsonTokenType.Number:
                    hash = ContentHash.Compute(reader.ValueSpan, Mark(hash, 'n'));
                    break;
                case JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null:
                    hash = Mark(hash, (char)reader.TokenType);
                    break;
            }

            if (reader.CurrentDepth <= depth && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return hash;
            if (!reader.Read()) throw new JsonException();
        }
    }

    private static bool IsKindOfText(ref Utf8JsonReader reader) => reader.ValueTextEquals("text") || reader.ValueTextEquals("input_text") || reader.ValueTextEquals("output_text");

    private static ulong Mark(ulong hash, char kind) => ContentHash.Compute([(byte)kind], hash);

    private void SkipMark(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
            if (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("1h")) HasLongLife = true;
    }
}
