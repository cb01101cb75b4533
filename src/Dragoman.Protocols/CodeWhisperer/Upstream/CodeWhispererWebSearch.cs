using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>
/// A request that only searches the web, as Claude Code sends it: one hosted tool, and the query as the user's words. The chat operation refuses that tool
/// (jwadow/kiro-gateway issue 41), so the query goes to the service's <c>/mcp</c>, a JSON-RPC tool, and its results are written as the answer of a search.
/// </summary>
public static class CodeWhispererWebSearch
{
    private const string Prefix = "Perform a web search for the query: ";

    /// <summary>The query of a request that only searches; null for every other request: a tool that a conversation may use is no search yet.</summary>
    public static string? QueryOf(ConversationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Tools is not [{ Kind: ToolKind.Hosted, HostedKind: HostedTools.WebSearch }] || request.Turns is not [{ Role: Role.User } turn]) return null;
        if (!turn.Blocks.TrueForAll(static block => block is TextBlock)) return null;
        var text = string.Join('\n', turn.Blocks.OfType<TextBlock>().Select(static block => block.Text.ToString())).Trim();
        if (text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) text = text[Prefix.Length..].Trim();
        // Only Anthropic's clients ask in this way; others let the model decide whether to search.
        else if (request.Source != Protocol.AnthropicMessages) return null;
        return text.Length == 0 ? null : text;
    }

    /// <summary>Writes the body of the call.</summary>
    public static void WriteRequest(TranslationContext exchange, string query, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ReportUnsaid(exchange.Request, exchange.Losses);
        var id = exchange.AnswerId;
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("id"u8, $"web_search_tooluse_{id[..Math.Min(22, id.Length)]}_{(exchange.CreatedAt * 1000).ToString(CultureInfo.InvariantCulture)}_{id[^Math.Min(8, id.Length)..]}");
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        writer.WriteString("method"u8, "tools/call"u8);
        writer.WriteStartObject("params"u8);
        writer.WriteString("name"u8, "web_search"u8);
        writer.WriteStartObject("arguments"u8);
        writer.WriteString("query"u8, query);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    /// <summary>Reads the answer of the call and tells it as a search, its results and a text that lists them.</summary>
    public static void ReadAnswer(ReadOnlyMemory<byte> body, string query, TranslationContext exchange, IAnswerSink sink)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(sink);
        try
        {
            if (Results(body) is { } pages) Write(pages, query, exchange, sink);
            else sink.Write(AnswerEvent.Failed(new WireError(ErrorKind.Api, MessageOf(body)) { Status = 502, Origin = Protocol.CodeWhisperer }));
        }
        catch (JsonException)
        {
            sink.Write(AnswerEvent.Failed(new WireError(ErrorKind.Api, "Kiro's web search answered with what is not JSON.") { Status = 502, Origin = Protocol.CodeWhisperer }));
        }
    }

    /// <summary>All but the query stays behind.</summary>
    private static void ReportUnsaid(ConversationRequest request, Losses losses)
    {
        const string None = "Kiro's search takes a query and nothing else";
        var tool = request.Tools[0];
        if (tool.AllowedDomains is not null) losses.Drop($"tools.{tool.Name}.allowed_domains", None);
        if (tool.BlockedDomains is not null) losses.Drop($"tools.{tool.Name}.blocked_domains", None);
        if (tool.UserLocation.IsObject) losses.Drop($"tools.{tool.Name}.user_location", None);
        if (tool.MaxUses is not null) losses.Approximate($"tools.{tool.Name}.max_uses", "one search is made");
        for (var i = 0; i < request.System.Count; i++) losses.Drop($"system[{i}]", None);
        if (request.Output is { Kind: not OutputKind.Text }) losses.Drop("response_format", None);
        if (request.Reasoning is not null) losses.Drop("reasoning", None);
        CodeWhispererUnsaid.Report(request, losses);
        losses.DropForeign(request, Protocol.CodeWhisperer);
    }

    private static void Write(List<Citation> pages, string query, TranslationContext exchange, IAnswerSink sink)
    {
        var id = "srvtoolu_" + exchange.AnswerId[..Math.Min(24, exchange.AnswerId.Length)];
        var input = new ArrayBufferWriter<byte>();
        var writer = JsonWriting.Rent(input);
        writer.WriteStartObject();
        writer.WriteString("query"u8, query);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        sink.Write(AnswerEvent.Started(new AnswerStart()));
        Whole(0, new HostedToolCallBlock(id, HostedTools.WebSearch, new JsonSlice(input.WrittenMemory)) { Origin = Protocol.CodeWhisperer }, sink);
        Whole(1, new HostedToolResultBlock(id, HostedTools.WebSearch) { Sources = pages, Origin = Protocol.CodeWhisperer }, sink);
        var text = new StringBuilder(pages.Count == 0 ? $"Nothing was found for \"{query}\"." : $"Search results for \"{query}\":");
        for (var i = 0; i < pages.Count; i++) text.Append(CultureInfo.InvariantCulture, $"\n\n{i + 1}. [{pages[i].Title ?? pages[i].Url}]({pages[i].Url})\n{pages[i].CitedText}");
        sink.Write(AnswerEvent.TextDelta(2, JsonText.From(text.ToString())));
        sink.Write(AnswerEvent.BlockEnded(2));
        sink.Write(AnswerEvent.UsageChanged(new TokenUsage
        {
            InputTokens = Tokens.TokenEstimator.Count(exchange.Request), OutputTokens = Tokens.TokenEstimator.Count(Encoding.UTF8.GetBytes(text.ToString())), WebSearches = 1,
        }));
        sink.Write(AnswerEvent.Finished(new Finish(FinishReason.Stop)));
    }

    private static void Whole(int number, Block block, IAnswerSink sink)
    {
        sink.Write(AnswerEvent.BlockStarted(number, new BlockStart { Kind = AnswerBlockKind.Whole, Whole = block }));
        sink.Write(AnswerEvent.BlockEnded(number));
    }

    /// <summary>The pages found; null where the call failed. They stand as JSON in the text of the first content.</summary>
    private static List<Citation>? Results(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        if (!document.RootElement.TryGetProperty("result", out var result) || result.ValueKind != JsonValueKind.Object) return null;
        if (result.TryGetProperty("isError", out var failed) && failed.ValueKind == JsonValueKind.True) return null;
        if (!result.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.Array || content.GetArrayLength() == 0) return null;
        if (content[0].ValueKind != JsonValueKind.Object || TextOf(content[0], "text") is not { } text) return null;
        using var found = JsonDocument.Parse(text);
        var pages = new List<Citation>();
        if (found.RootElement.ValueKind != JsonValueKind.Object || !found.RootElement.TryGetProperty("results", out var results) || results.ValueKind != JsonValueKind.Array) return pages;
        foreach (var page in results.EnumerateArray())
        {
            if (page.ValueKind != JsonValueKind.Object || TextOf(page, "url") is not { Length: > 0 } url) continue;
            pages.Add(new Citation { Url = url, Title = TextOf(page, "title"), CitedText = JsonText.From(TextOf(page, "snippet")), Origin = Protocol.CodeWhisperer });
        }

        return pages;
    }

    private static string MessageOf(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var message = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
            ? TextOf(error, "message") : null;
        return message ?? "Kiro's web search failed.";
    }

    private static string? TextOf(JsonElement value, string name) => value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}
