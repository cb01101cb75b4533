namespace Dragoman.Protocols.CodeWhisperer.Shared;

/// <summary>What an error of the service means for the account and the model, in finer words than an error's kind has.</summary>
public enum CodeWhispererFailure
{
    /// <summary>Nothing beyond the error's kind.</summary>
    Other,

    /// <summary>The prompt is too long for the model: a shorter history may help.</summary>
    ContextTooLong,

    /// <summary>The body breaks a rule of the service or is too large; it says nothing of the account.</summary>
    RequestMalformed,

    /// <summary>The model is not in the account's plan or region; another account may have it.</summary>
    ModelUnsupported,

    /// <summary>The profile is missing or is that of another login.</summary>
    ProfileWrong,

    /// <summary>The conversation's id is not taken; another one may be.</summary>
    ConversationIdInvalid,

    /// <summary>The token is no longer taken: renew it once. The service says so with 403 instead of 401.</summary>
    TokenInvalid,

    /// <summary>The account may not ask this operation with this origin or host.</summary>
    Forbidden,

    /// <summary>The plan is used up until it resets.</summary>
    QuotaExhausted,

    /// <summary>The limit of some minutes is used up.</summary>
    BurstLimit,

    /// <summary>Too many requests.</summary>
    RateLimited,

    /// <summary>The vendor suspects the account of misuse; asking on leads to its suspension.</summary>
    SuspiciousActivity,

    /// <summary>The account is suspended: only the vendor's support can undo it.</summary>
    Suspended,

    /// <summary>The model has no room now.</summary>
    ModelBusy,
}
