using System.Globalization;
using System.Text.Json;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Tokens;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>
/// What an answer cost, from the best source that came: the exact numbers of <c>metadataEvent</c>, else the share of the context window, else a count
/// made here. Numbers of the cache are never guessed.
/// </summary>
internal sealed class CodeWhispererUsage(TranslationContext exchange)
{
    private const int DefaultWindow = 200_000;
    private const int LargeWindow = 1_000_000;

    /// <summary>More than any plan has: such a number means something else.</summary>
    private const double MostCredits = 1_000_000;
    private static readonly string[] Large = ["claude-opus-", "claude-sonnet-"];
    private TokenUsage? _exact;
    private double? _percentage;
    private decimal? _credits;

    /// <summary>The reason of the end, where the metadata says one.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Whether anything came that only comes at the end of an answer.</summary>
    public bool IsEndSeen { get; private set; }

    /// <summary>Whether the context window is full.</summary>
    public bool IsContextFull => _percentage >= 100;

    /// <summary>Reads <c>metadataEvent</c> or <c>contextUsageEvent</c>.</summary>
    public void Read(ReadOnlyMemory<byte> data)
    {
        IsEndSeen = true;
        var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
        reader.Read();
        while (reader.NextProperty())
        {
            var isUsage = reader.ValueTextEquals("tokenUsage"u8);
            var isReason = reader.ValueTextEquals("stopReason"u8);
            var isPercentage = reader.ValueTextEquals("contextUsagePercentage"u8);
            reader.Read();
            if (isUsage && reader.TokenType == JsonTokenType.StartObject) ReadTokens(ref reader);
            else if (isReason) StopReason = reader.StringOrNull() ?? StopReason;
            else if (isPercentage) _percentage = reader.DoubleOrNull() ?? _percentage;
            else reader.Skip();
        }
    }

    /// <summary>Reads <c>meteringEvent</c>: what the answer takes from the plan. Each that comes is for a part of the work.</summary>
    public void ReadMetering(ReadOnlyMemory<byte> data)
    {
        IsEndSeen = true;
        double? used = null;
        var isCredits = true;
        var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
        reader.Read();
        while (reader.NextProperty())
        {
            var isUsed = reader.ValueTextEquals("usage"u8);
            var isUnit = reader.ValueTextEquals("unit"u8);
            reader.Read();
            if (isUsed) used = reader.DoubleOrNull();
            else if (isUnit) isCredits = reader.StringOrNull() is not { } unit || unit.StartsWith("credit", StringComparison.OrdinalIgnoreCase);
            else reader.Skip();
        }

        if (isCredits && used is >= 0 and < MostCredits) _credits = (_credits ?? 0) + (decimal)used.Value;
    }

    /// <summary>The usage of the answer.</summary>
    /// <param name="counted">The tokens of the answer, counted here.</param>
    public TokenUsage Compute(long counted) => Tokens(counted) with { Credits = _credits };

    private TokenUsage Tokens(long counted)
    {
        if (_exact is { } exact) return exact;
        if (_percentage is > 0 and { } share)
        {
            // The share is that of the whole conversation with the answer in it.
            var total = (long)Math.Round(share / 100 * Window());
            return new TokenUsage { InputTokens = Math.Max(1, total - counted), OutputTokens = counted };
        }

        return new TokenUsage { InputTokens = Math.Max(1, exchange.EstimatedInputTokens ?? TokenEstimator.Count(exchange.Request)), OutputTokens = counted };
    }

    /// <summary>The context window; where the catalogue does not say, as the model's name tells (one million from Opus and Sonnet 4.6 on).</summary>
    private int Window()
    {
        if (CodeWhispererOptions.Of(exchange).MaxInputTokens is { } known) return known;
        var name = CodeWhispererModelName.Normalize(exchange.Model.Id);
        foreach (var family in Large)
        {
            if (name.StartsWith(family, StringComparison.Ordinal) && double.TryParse(name.AsSpan(family.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version))
                return version >= 4.6 ? LargeWindow : DefaultWindow;
        }

        return DefaultWindow;
    }

    private void ReadTokens(ref Utf8TokenReader reader)
    {
        long? uncached = null, output = null, total = null, read = null, written = null;
        while (reader.NextProperty())
        {
            var isUncached = reader.ValueTextEquals("uncachedInputTokens"u8);
            var isOutput = reader.ValueTextEquals("outputTokens"u8);
            var isTotal = reader.ValueTextEquals("totalTokens"u8);
            var isRead = reader.ValueTextEquals("cacheReadInputTokens"u8);
            var isWritten = reader.ValueTextEquals("cacheWriteInputTokens"u8);
            reader.Read();
            if (isUncached) uncached = reader.Int64OrNull();
            else if (isOutput) output = reader.Int64OrNull();
            else if (isTotal) total = reader.Int64OrNull();
            else if (isRead) read = reader.Int64OrNull();
            else if (isWritten) written = reader.Int64OrNull();
            else reader.Skip();
        }

        var cached = (read ?? 0) + (written ?? 0);
        var input = uncached is { } rest ? rest + cached : total - output;
        if (input is null && output is null) return;
        _exact = (_exact ?? new TokenUsage()).With(new TokenUsage { InputTokens = input, OutputTokens = output, CachedTokens = read, CacheWriteTokens = written });
    }
}
