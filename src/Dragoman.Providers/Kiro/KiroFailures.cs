using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.CodeWhisperer.Upstream;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// What the service's refusals mean (kiro-and-bedrock §B.11, logins-2026-11 §5). It says 403 to an expired token, to a suspended account, to a wrong profile and to a host that does not serve the
/// account; reason and words tell them apart.
/// </summary>
internal sealed class KiroFailures(KiroMemory memory) : IFailureClassifier
{
    private const string Support = "Appeal at https://app.kiro.dev/account/usage?support_form; the account is left alone until it signs in again.";

    private static readonly TimeSpan BurstRest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SuspicionRest = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public Failure Classify(in UpstreamFailure failure)
    {
        var error = failure.Error;
        if (failure.Headers.TryGetValues("x-amzn-errortype", out var names) && names.FirstOrDefault() is { Length: > 0 } name)
            error = CodeWhispererUpstream.NameError(error, name) with { RequestId = error.RequestId, RetryAfter = error.RetryAfter };
        var usual = StatusFailures.Instance.Classify(failure with { Error = error });
        return CodeWhispererUpstream.FailureOf(error) switch
        {
            CodeWhispererFailure.ContextTooLong => usual with { Class = FailureClass.ContextTooLong, Until = null },
            CodeWhispererFailure.RequestMalformed or CodeWhispererFailure.ConversationIdInvalid => usual with { Class = FailureClass.InvalidRequest, Until = null },
            CodeWhispererFailure.ModelUnsupported => usual with { Class = FailureClass.Gone, Until = null },
            CodeWhispererFailure.ProfileWrong => Profile(usual, failure.Account),
            CodeWhispererFailure.TokenInvalid => usual with { Class = failure.OfRefusedToken, Until = null },
            CodeWhispererFailure.Forbidden => Forbidden(usual, failure.Account, failure.Now),
            CodeWhispererFailure.QuotaExhausted => Exhausted(usual, failure.Account, failure.Now),
            CodeWhispererFailure.BurstLimit => Limit(usual, FailureClass.RateLimited, failure.Now, BurstRest),
            CodeWhispererFailure.SuspiciousActivity => Limit(usual, FailureClass.RateLimited, failure.Now, SuspicionRest),
            CodeWhispererFailure.RateLimited => usual with { Class = FailureClass.RateLimited },
            CodeWhispererFailure.ModelBusy => usual with { Class = FailureClass.Capacity },
            CodeWhispererFailure.Suspended => Suspended(usual, failure.Account),
            _ => usual,
        };
    }

    /// <summary>A plan that is used up is so for every model, until it resets; a limit that is said to be a model's leaves the others in use.</summary>
    private Failure Exhausted(Failure usual, Account? account, DateTimeOffset now)
    {
        if (usual.Error.Message.Contains("model", StringComparison.OrdinalIgnoreCase)) return usual with { Class = FailureClass.QuotaExhausted };
        var reset = account is null ? null : memory.ResetOf(account);
        return Limit(usual, FailureClass.QuotaExhausted, now, reset > now ? reset - now : null) with { IsOfAccount = true };
    }

    /// <summary>A rest that is at least as long as stated; the vendor suspends accounts that ask on.</summary>
    private static Failure Limit(Failure usual, FailureClass sort, DateTimeOffset now, TimeSpan? least)
    {
        var until = usual.Until;
        if (least is { } rest && (until is null || until < now + rest)) until = now + rest;
        return new Failure(sort, usual.Error with { RetryAfter = until - now }, until);
    }

    /// <summary>The profile is looked up with the next renewal, once; after that the account is passed over.</summary>
    private Failure Profile(Failure usual, Account? account)
    {
        var mayLook = account?.Credential is OAuthCredential { RefreshToken: not null } login && !account.Options.ContainsKey(KiroAccountSchema.Profile.Name)
            && memory.TryDoubt(account, KiroExtra.Of(login, KiroExtra.ProfileArn), login.AccessToken);
        return usual with { Class = mayLook ? FailureClass.AuthExpired : FailureClass.Forbidden, Until = null };
    }

    /// <summary>The older host refuses accounts that the newer one takes, and the reverse: the other is tried once.</summary>
    private Failure Forbidden(Failure usual, Account? account, DateTimeOffset now)
    {
        // What is about one request (moderation, a thing that it names) was told apart already.
        if (usual.Class != FailureClass.Forbidden) return usual;
        var another = account?.Options.GetValueOrDefault(KiroAddress.HostOption) == KiroAddress.AnyHost && memory.TryElsewhere(account, now);
        return usual with { Class = another ? FailureClass.Transient : FailureClass.Forbidden, Until = null };
    }

    /// <summary>A suspended account is not asked again: its next renewal ends with the vendor's words instead of a question.</summary>
    private Failure Suspended(Failure usual, Account? account)
    {
        var error = usual.Error with { Message = $"{usual.Error.Message} {Support}" };
        if (account is not { Origin: AccountOrigin.Store, Credential: OAuthCredential { RefreshToken: not null } login }) return new Failure(FailureClass.AuthDead, error);
        memory.Suspend(account, login.AccessToken, error.Message);
        return new Failure(FailureClass.AuthExpired, error);
    }
}
