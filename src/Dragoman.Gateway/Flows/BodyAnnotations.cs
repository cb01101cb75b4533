using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Flows;

/// <summary>What was done to a body before it was kept. It stands behind the media type, as a parameter.</summary>
/// <param name="IsCut">The middle (of binary streams: the end) was left out.</param>
/// <param name="IsRedacted">Something in it was masked as a secret.</param>
/// <param name="LacksMedia">Long base64 was left out.</param>
/// <param name="SameAs">Its bytes are those of another body, which holds them; or null.</param>
public readonly record struct BodyAnnotations(bool IsCut, bool IsRedacted, bool LacksMedia, FlowBodyKind? SameAs = null)
{
    private const string Parameter = "; dragoman=";

    /// <summary>Whether it is what crossed the wire, byte for byte.</summary>
    public bool IsWhole => !IsCut && !IsRedacted && !LacksMedia;

    /// <summary>The notes of a recorded body, and its media type without them.</summary>
    public static (string MediaType, BodyAnnotations Notes) Split(FlowBody body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var at = body.ContentType.IndexOf(Parameter, StringComparison.Ordinal);
        if (at < 0) return (body.ContentType, default);
        var words = body.ContentType[(at + Parameter.Length)..].Split('+');
        var same = words.Contains("same-as-client-request") ? FlowBodyKind.ClientRequest : words.Contains("same-as-upstream-answer") ? FlowBodyKind.UpstreamAnswer : (FlowBodyKind?)null;
        return (body.ContentType[..at], new BodyAnnotations(words.Contains("cut"), words.Contains("redacted"), words.Contains("media"), same));
    }

    internal string Behind(string mediaType)
    {
        var words = new List<string>();
        if (IsCut) words.Add("cut");
        if (IsRedacted) words.Add("redacted");
        if (LacksMedia) words.Add("media");
        if (SameAs is { } other) words.Add(other == FlowBodyKind.ClientRequest ? "same-as-client-request" : "same-as-upstream-answer");
        return words.Count == 0 ? mediaType : mediaType + Parameter + string.Join('+', words);
    }
}
