using System.Globalization;
using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>What the <c>details</c> of a Google error say: why, whether a daily quota is used up, and how long to wait.</summary>
internal sealed class GeminiErrorDetails
{
    public string? Reason { get; private set; }

    public bool IsDaily { get; private set; }

    public TimeSpan? Delay { get; private set; }

    /// <summary>Where a person has to go first (<c>VALIDATION_REQUIRED</c>), or null.</summary>
    public string? VerifyAddress { get; private set; }

    public void ReadAll(ref Utf8TokenReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.NextElement())
        {
            if (reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader);
            else reader.Skip();
        }
    }

    private void ReadObject(ref Utf8TokenReader reader)
    {
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("retryDelay"u8))
            {
                reader.Read();
                // The reset of a quota, where it is reported, is later than the delay and more to the point.
                Delay ??= Duration(ref reader);
            }
            else if (reader.ValueTextEquals("quotaResetDelay"u8))
            {
                reader.Read();
                Delay = Duration(ref reader) ?? Delay;
            }
            else if (reader.ValueTextEquals("reason"u8))
            {
                reader.Read();
                Reason ??= reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("validation_url"u8) || reader.ValueTextEquals("validation_link"u8) || reader.ValueTextEquals("validationUrl"u8))
            {
                reader.Read();
                if (reader.StringOrNull() is { Length: <= 2_048 } address && address.StartsWith("https://", StringComparison.Ordinal)) VerifyAddress ??= address;
            }
            else if (reader.ValueTextEquals("quotaId"u8) || reader.ValueTextEquals("subject"u8))
            {
                reader.Read();
                IsDaily |= reader.StringOrNull()?.Contains("PerDay", StringComparison.OrdinalIgnoreCase) == true;
            }
            else if (reader.ValueTextEquals("violations"u8))
            {
                reader.Read();
                ReadAll(ref reader);
            }
            else if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader);
                else reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    /// <summary>A duration in protobuf's form (<c>34.4s</c>, or an object of seconds) or Go's (<c>2h1m1.2s</c>, <c>500ms</c>).</summary>
    private static TimeSpan? Duration(ref Utf8TokenReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            double seconds = 0;
            while (reader.NextProperty())
            {
                var whole = reader.ValueTextEquals("seconds"u8);
                reader.Read();
                if (whole && reader.TokenType == JsonTokenType.String) _ = double.TryParse(reader.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out seconds);
                else if (whole) seconds = reader.DoubleOrNull() ?? 0;
                else reader.Skip();
            }

            return Bounded(seconds);
        }

        return reader.StringOrNull() is { } text ? Parse(text) : null;
    }

    internal static TimeSpan? Parse(string text)
    {
        double seconds = 0;
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.')) at++;
            if (at == start || !double.TryParse(text.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return null;
            var unit = at;
            while (at < text.Length && char.IsAsciiLetter(text[at])) at++;
            switch (text.AsSpan(unit, at - unit))
            {
                case "d": seconds += number * 86400; break;
                case "h": seconds += number * 3600; break;
                case "m": seconds += number * 60; break;
                case "s" or "": seconds += number; break;
                case "ms": seconds += number / 1000; break;
                default: return null;
            }
        }

        return text.Length == 0 ? null : Bounded(seconds);
    }

    private static TimeSpan? Bounded(double seconds)
        => double.IsFinite(seconds) && seconds is >= 0 and < 31_536_000 ? TimeSpan.FromSeconds(seconds) : null;
}
