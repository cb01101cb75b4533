namespace Dragoman.Gateway.Providers.Logins;

/// <summary>A login that has failed for good: the message says why, in the vendor's words where it has any, and holds no secret.</summary>
public sealed class LoginException : Exception
{
    /// <summary>A failed login.</summary>
    public LoginException()
    {
    }

    /// <summary>A failed login.</summary>
    /// <param name="message">Why, for people.</param>
    public LoginException(string message)
        : base(message)
    {
    }

    /// <summary>A failed login.</summary>
    /// <param name="message">Why, for people.</param>
    /// <param name="innerException">What lies behind it.</param>
    public LoginException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>What to do about it; null where the message says it.</summary>
    public string? Fix { get; init; }
}
