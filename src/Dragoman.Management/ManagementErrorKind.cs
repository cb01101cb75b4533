namespace Dragoman.Management;

/// <summary>Why a use case did not do what it was asked to do. What a kind becomes in HTTP is each surface's own decision.</summary>
public enum ManagementErrorKind
{
    /// <summary>What was asked for cannot be; <see cref="ManagementError.Findings"/> says what is wrong with which field.</summary>
    Invalid,

    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>The state of the thing does not allow it, or a name is taken.</summary>
    Conflict,

    /// <summary>Somebody else changed it since the version that the caller saw; <see cref="ManagementError.CurrentVersion"/> is the one that stands.</summary>
    VersionConflict,

    /// <summary>It is defined in the configuration file and can be changed only there.</summary>
    ConfiguredInFile,

    /// <summary>The new configuration could not be used, so nothing was written; <see cref="ManagementError.Findings"/> says why.</summary>
    Unusable,

    /// <summary>The management secret is missing or wrong.</summary>
    Unauthenticated,

    /// <summary>The caller may not do this.</summary>
    Forbidden,

    /// <summary>Too many wrong secrets: the caller is locked out for <see cref="ManagementError.RetryAfter"/>.</summary>
    LockedOut,

    /// <summary>The store does not answer, or has no room.</summary>
    Unavailable,
}
