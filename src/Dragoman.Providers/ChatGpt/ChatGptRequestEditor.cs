using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// The body that ChatGPT's backend takes (wire notes codex-and-antigravity §B.3, cliproxyapi §6.2). It keeps nothing and always streams; of Responses' fields it knows those that the Codex programs
/// send, and refuses the others by name (<c>{"detail":"Unsupported parameter: X"}</c>). What is taken from a request and means something is reported.
/// </summary>
internal sealed class ChatGptRequestEditor : IRequestEditor
{
    private const string Refused = "ChatGPT's backend does not take it";

    /// <summary>Fields that it refuses, and the values that say nothing: without the field the same holds.</summary>
    private static readonly (string Name, string[] Plain)[] RefusedFields =
    [
        ("max_output_tokens", []), ("max_completion_tokens", []), ("max_tokens", []), ("temperature", ["1", "1.0"]), ("top_p", ["1", "1.0"]), ("top_logprobs", ["0"]),
        ("truncation", ["\"disabled\""]), ("user", []), ("metadata", ["{}"]), ("safety_identifier", []), ("prompt_cache_retention", []), ("prompt_cache_options", []),
        ("context_management", ["[]"]), ("background", ["false"]), ("conversation", []), ("prompt", []), ("generate", ["true"]),
    ];

    private static readonly string[] PlainTiers = ["\"auto\"", "\"default\""];

    /// <inheritdoc/>
    public bool TryEdit(UpstreamCall call, IBufferWriter<byte> output, Losses losses)
    {
        ArgumentNullException.ThrowIfNull(call);
        try
        {
            return TryWrite(call, output, losses);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryWrite(UpstreamCall call, IBufferWriter<byte> output, Losses losses)
    {
        var body = call.Body;
        if (!TryLook(body.Span, out var hasTools)) return false;
        var isLite = call.ClientHeaders.Any(static header => header.Key.Equals("x-openai-internal-codex-responses-lite", StringComparison.OrdinalIgnoreCase));
        var (isFirst, hasInstructions, hasInclude) = (true, false, false);
        output.Write("{"u8);
        var scanner = new TopLevelJsonScanner(body.Span);
        while (scanner.Next())
        {
            var value = body[scanner.ValueStart..scanner.ValueEnd];
            var name = scanner.Name;
            if (name.SequenceEqual("store"u8) || name.SequenceEqual("stream"u8)) continue;
            if (name.SequenceEqual("previous_response_id"u8))
            {
                if (!IsNull(value.Span)) throw NothingKept();
                continue;
            }

            if (name.SequenceEqual("parallel_tool_calls"u8) && !hasTools && !isLite) continue;
            if (name.SequenceEqual("service_tier"u8) && !value.Span.SequenceEqual("\"priority\""u8))
            {
                Report("service_tier", value.Span, PlainTiers, losses);
                continue;
            }

            // Codex's own wish for its summaries is the only one of its kind that is taken.
            if (name.SequenceEqual("stream_options"u8) && value.Span.IndexOf("\"reasoning_summary_delivery\""u8) < 0)
            {
                Report("stream_options", value.Span, ["{}"], losses);
                continue;
            }

            if (IsRefused(name, value.Span, losses)) continue;
            if (name.SequenceEqual("instructions"u8))
            {
                if (IsNull(value.Span)) continue;
                hasInstructions = true;
            }

            Separate();
            output.Write("\""u8);
            output.Write(name);
            output.Write("\":"u8);
            if (name.SequenceEqual("input"u8)) ChatGptInputEditor.Write(value, output, losses);
            else if (name.SequenceEqual("include"u8))
            {
                hasInclude = true;
                WriteInclude(value, output, losses);
            }
            else output.Write(value.Span);
        }

        if (!hasInstructions && !isLite) Add("\"instructions\":\"\""u8);
        if (!hasInclude) Add("\"include\":[\"reasoning.encrypted_content\"]"u8);
        Add("\"store\":false,\"stream\":true}"u8);
        return true;

        void Separate()
        {
            if (!isFirst) output.Write(","u8);
            isFirst = false;
        }

        void Add(ReadOnlySpan<byte> members)
        {
            Separate();
            output.Write(members);
        }
    }

    /// <summary>What a request cannot mean at a backend that keeps nothing. Another account may be able to go on.</summary>
    public static WireException NothingKept() => new(new WireError(ErrorKind.NotFound, "ChatGPT's backend keeps no responses, so it cannot continue one that this gateway does not know. Send the whole conversation.")
    {
        Status = 400, Code = "previous_response_not_found", Param = "previous_response_id",
    });

    /// <summary>Looks whether the body is whole, and has tools. What is not goes on as it is: the backend says what is wrong with it.</summary>
    private static bool TryLook(ReadOnlySpan<byte> body, out bool hasTools)
    {
        hasTools = false;
        var scanner = new TopLevelJsonScanner(body);
        while (scanner.Next())
            if (scanner.Name.SequenceEqual("tools"u8)) hasTools = scanner.Value.IndexOf((byte)'{') >= 0;
        return !scanner.Broken && !scanner.TooDeep;
    }

    private static bool IsRefused(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, Losses losses)
    {
        foreach (var (field, plain) in RefusedFields)
        {
            if (!Ascii.Equals(name, field)) continue;
            Report(field, value, plain, losses);
            return true;
        }

        return false;
    }

    private static void Report(string field, ReadOnlySpan<byte> value, string[] plain, Losses losses)
    {
        if (IsNull(value)) return;
        foreach (var text in plain)
            if (Ascii.Equals(value, text)) return;
        losses.Drop(field, Refused);
    }

    private static bool IsNull(ReadOnlySpan<byte> value) => value.SequenceEqual("null"u8);

    /// <summary>Encrypted reasoning is always asked for, since a conversation can be continued by it alone; log probabilities are not to be had.</summary>
    private static void WriteInclude(ReadOnlyMemory<byte> value, IBufferWriter<byte> output, Losses losses)
    {
        output.Write("[\"reasoning.encrypted_content\""u8);
        if (value.Span is [(byte)'[', ..])
        {
            var list = new JsonSlice(value);
            var reader = list.Read();
            reader.Read();
            while (reader.NextElement())
            {
                var item = JsonSlice.From(ref reader, list.Bytes).Bytes.Span;
                if (item.SequenceEqual("\"reasoning.encrypted_content\""u8)) continue;
                if (item.SequenceEqual("\"message.output_text.logprobs\""u8))
                {
                    losses.Drop("include", $"{Refused}: message.output_text.logprobs");
                    continue;
                }

                output.Write(","u8);
                output.Write(item);
            }
        }

        output.Write("]"u8);
    }
}
