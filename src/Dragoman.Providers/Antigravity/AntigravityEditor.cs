using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.Antigravity;

/// <summary>
/// What Antigravity refuses or demands in Gemini's bodies (wire notes codex-and-antigravity D.6 and D.13, logins-2026-11 section 4): safety settings are not taken; Claude models give no more than 64,000 tokens and
/// call tools in the mode <c>VALIDATED</c>, which wants a required parameter of every tool.
/// </summary>
internal sealed class AntigravityEditor : IRequestEditor
{
    private const int MostClaudeTokens = 64_000;

    /// <inheritdoc/>
    public bool TryEdit(UpstreamCall call, IBufferWriter<byte> output, Losses losses)
    {
        ArgumentNullException.ThrowIfNull(call);
        var isClaude = call.Model.Id.Contains("claude", StringComparison.OrdinalIgnoreCase);
        if (!isClaude && call.Body.Span.IndexOf("\"safetySettings\""u8) < 0) return false;
        try
        {
            return TryWrite(call.Body, isClaude, output, losses);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryWrite(ReadOnlyMemory<byte> body, bool isClaude, IBufferWriter<byte> output, Losses losses)
    {
        if (!TryLook(body.Span, out var functions, out var hasConfig)) return false;
        var isFirst = true;
        output.Write("{"u8);
        var members = new TopLevelJsonScanner(body.Span);
        while (members.Next())
        {
            var value = body[members.ValueStart..members.ValueEnd];
            if (members.Name.SequenceEqual("safetySettings"u8))
            {
                if (value.Span.IndexOf((byte)'{') >= 0) losses.Drop("safetySettings", "Antigravity takes none");
                continue;
            }

            if (!isFirst) output.Write(","u8);
            isFirst = false;
            WriteName(output, members.Name);
            if (!isClaude) output.Write(value.Span);
            else if (members.Name.SequenceEqual("generationConfig"u8)) WriteCapped(value.Span, output, losses);
            else if (functions && members.Name.SequenceEqual("tools"u8)) AntigravityTools.Write(value, output);
            else if (functions && members.Name.SequenceEqual("toolConfig"u8)) WriteConfig(value.Span, output);
            else output.Write(value.Span);
        }

        if (isClaude && functions && !hasConfig)
        {
            if (!isFirst) output.Write(","u8);
            output.Write("\"toolConfig\":{\"functionCallingConfig\":{\"mode\":\"VALIDATED\"}}"u8);
        }

        output.Write("}"u8);
        return true;
    }

    /// <summary>Looks whether the body is whole, declares functions and says how they are called. What is not whole goes on as it is: the service says what is wrong with it.</summary>
    private static bool TryLook(ReadOnlySpan<byte> body, out bool functions, out bool hasConfig)
    {
        (functions, hasConfig) = (false, false);
        var members = new TopLevelJsonScanner(body);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("tools"u8)) functions = members.Value.IndexOf("\"functionDeclarations\""u8) >= 0;
            hasConfig |= members.Name.SequenceEqual("toolConfig"u8) || members.Name.SequenceEqual("tool_config"u8);
        }

        return !members.Broken && !members.TooDeep;
    }

    /// <summary>How free the model is in calling tools. What forces or forbids calls stays.</summary>
    private static void WriteConfig(ReadOnlySpan<byte> config, IBufferWriter<byte> output)
    {
        var (isFirst, hasCalling) = (true, false);
        output.Write("{"u8);
        var members = new TopLevelJsonScanner(config);
        while (members.Next())
        {
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            WriteName(output, members.Name);
            if (members.Name.SequenceEqual("functionCallingConfig"u8) && members.Value is [(byte)'{', ..])
            {
                hasCalling = true;
                WriteCalling(members.Value, output);
            }
            else output.Write(members.Value);
        }

        if (!hasCalling) output.Write(isFirst ? "\"functionCallingConfig\":{\"mode\":\"VALIDATED\"}"u8 : ",\"functionCallingConfig\":{\"mode\":\"VALIDATED\"}"u8);
        output.Write("}"u8);
    }

    private static void WriteCalling(ReadOnlySpan<byte> calling, IBufferWriter<byte> output)
    {
        var mode = TopLevelJsonScanner.TextOf(calling, "mode"u8);
        output.Write("{\"mode\":\""u8);
        output.Write(mode.IsEmpty || mode.SequenceEqual("AUTO"u8) || mode.SequenceEqual("MODE_UNSPECIFIED"u8) ? "VALIDATED"u8 : mode);
        output.Write("\""u8);
        var members = new TopLevelJsonScanner(calling);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("mode"u8)) continue;
            output.Write(","u8);
            WriteName(output, members.Name);
            output.Write(members.Value);
        }

        output.Write("}"u8);
    }

    private static void WriteCapped(ReadOnlySpan<byte> config, IBufferWriter<byte> output, Losses losses)
    {
        var isFirst = true;
        output.Write("{"u8);
        var members = new TopLevelJsonScanner(config);
        while (members.Next())
        {
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            WriteName(output, members.Name);
            if (members.Name.SequenceEqual("maxOutputTokens"u8) && IsAbove(members.Value, MostClaudeTokens))
            {
                losses.Approximate("generationConfig.maxOutputTokens", "Antigravity's Claude models give at most 64000");
                output.Write("64000"u8);
            }
            else if (members.Name.SequenceEqual("thinkingConfig"u8) && members.Value is [(byte)'{', ..]) WriteThinking(members.Value, output, losses);
            else output.Write(members.Value);
        }

        output.Write("}"u8);
    }

    /// <summary>Claude models are told of thinking in snake case (wire notes D.12, check 71). A budget has to be less than the limit of the answer, of which it is a part.</summary>
    private static void WriteThinking(ReadOnlySpan<byte> thinking, IBufferWriter<byte> output, Losses losses)
    {
        var isFirst = true;
        output.Write("{"u8);
        var members = new TopLevelJsonScanner(thinking);
        while (members.Next())
        {
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            WriteName(output, members.Name.SequenceEqual("includeThoughts"u8) ? "include_thoughts"u8 : members.Name.SequenceEqual("thinkingBudget"u8) ? "thinking_budget"u8 : members.Name);
            if (members.Name.SequenceEqual("thinkingBudget"u8) && IsAbove(members.Value, MostClaudeTokens - 1))
            {
                losses.Approximate("generationConfig.thinkingConfig.thinkingBudget", "a budget has to be less than the 64000 tokens of the answer");
                output.Write("55808"u8);
            }
            else output.Write(members.Value);
        }

        output.Write("}"u8);
    }

    private static bool IsAbove(ReadOnlySpan<byte> value, int most) => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number > most;

    private static void WriteName(IBufferWriter<byte> output, ReadOnlySpan<byte> name)
    {
        output.Write("\""u8);
        output.Write(name);
        output.Write("\":"u8);
    }
}
