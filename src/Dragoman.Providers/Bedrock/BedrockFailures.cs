using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Bedrock;

/// <summary>What Bedrock's errors mean. The exception's name is in <c>x-amzn-errortype</c>; some differences are only in the words.</summary>
internal sealed partial class BedrockFailures(BedrockConnection connection) : IFailureClassifier
{
    /// <inheritdoc/>
    public Failure Classify(in UpstreamFailure failure)
    {
        var classified = Classify(failure.Error, failure.Headers, failure.Now);
        // The next try calls the profile.
        if (WantsProfile(classified.Error) is { } id && connection.NoteProfile(id)) return classified with { Class = FailureClass.Transient };
        if (classified.Class != FailureClass.AuthExpired) return classified;
        if (IsClockSkew(classified.Error) && failure.Headers.Date is { } theirs) connection.Skew = theirs - failure.Now;
        else connection.Keys.Invalidate();
        return classified;
    }

    private static Failure Classify(WireError error, HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (First(headers, "x-amzn-errortype") is { Length: > 0 } name) error = ConverseUpstream.NameError(error, name);
        if (error.RequestId is null && First(headers, "x-amzn-requestid") is { } id) error = error with { RequestId = id };
        var until = Until(headers, now) ?? (error.RetryAfter is { } wait ? now + wait : null);
        if (until is { } time && time > now) error = error with { RetryAfter = time - now };
        return new Failure(ClassOf(error), error, until);
    }

    /// <summary>Whether the upstream says that the signature's time is not its own.</summary>
    private static bool IsClockSkew(WireError error)
        => Has(error.Message, "Signature expired") || Has(error.Message, "Signature not yet current") || error.Type is "RequestTimeTooSkewed" or "RequestTimeTooSkewedException";

    /// <summary>The model id that AWS serves only through an inference profile, where the error says so; else null.</summary>
    private static string? WantsProfile(WireError error)
        => Has(error.Message, "on-demand throughput") && OfModel().Match(error.Message) is { Success: true } found ? found.Groups["id"].Value : null;

    private static FailureClass ClassOf(WireError error) => RequestScope.Find(error) ?? error.Kind switch
    {
        // The daily allowance comes under the same name as the passing one, and will not be back in a minute.
        ErrorKind.RateLimit => Has(error.Message, "per day") ? FailureClass.QuotaExhausted : FailureClass.RateLimited,
        ErrorKind.Quota or ErrorKind.Billing => FailureClass.QuotaExhausted,
        ErrorKind.Overloaded or ErrorKind.Unavailable => FailureClass.Capacity,
        ErrorKind.Authentication => IsRenewable(error) ? FailureClass.AuthExpired : FailureClass.AuthDead,
        ErrorKind.Permission => FailureClass.Forbidden,
        ErrorKind.NotFound => FailureClass.Gone,
        ErrorKind.ContextTooLong => FailureClass.ContextTooLong,
        ErrorKind.ContentFiltered => FailureClass.ContentFiltered,
        ErrorKind.InvalidRequest when Has(error.Message, "on-demand throughput") || Has(error.Message, "model identifier is invalid") => FailureClass.Gone,
        ErrorKind.InvalidRequest when error.Message.StartsWith("Operation not allowed", StringComparison.OrdinalIgnoreCase) => FailureClass.Forbidden,
        // 424 is the model's own failure, not the request's.
        ErrorKind.InvalidRequest when error.Status == 424 => FailureClass.Transient,
        ErrorKind.InvalidRequest or ErrorKind.TooLarge or ErrorKind.UnsupportedMedia or ErrorKind.MethodNotAllowed => FailureClass.InvalidRequest,
        _ => FailureClass.Transient,
    };

    /// <summary>New keys of the same chain may be accepted; a bearer key that is refused stays refused.</summary>
    private static bool IsRenewable(WireError error)
        => IsClockSkew(error) || Has(error.Message, "expired") || error.Type is "ExpiredTokenException" or "ExpiredToken" or "UnrecognizedClientException" or "RequestExpired";

    private static DateTimeOffset? Until(HttpResponseHeaders headers, DateTimeOffset now)
        => headers.RetryAfter is not { } after ? null : after.Delta is { } delta ? now + delta : after.Date;

    private static string? First(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"model ID (?<id>\S+) with", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex OfModel();
}
