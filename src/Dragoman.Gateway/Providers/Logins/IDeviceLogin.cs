using Dragoman.Gateway.Providers.Vendor;

namespace Dragoman.Gateway.Providers.Logins;

/// <summary>The device authorization grant (RFC 8628), or a vendor's own form of it.</summary>
public interface IDeviceLogin : ILoginFlow
{
    /// <inheritdoc/>
    LoginMethod ILoginFlow.Method => LoginMethod.DeviceCode;

    /// <summary>Asks the vendor for a code.</summary>
    /// <exception cref="LoginException">The vendor refuses, or answers something else.</exception>
    Task<DeviceAuthorization> BeginAsync(VendorContext context, CancellationToken cancellationToken);

    /// <summary>Asks the vendor whether the person has entered the code.</summary>
    /// <exception cref="LoginException">The login has failed for good.</exception>
    /// <exception cref="HttpRequestException">The vendor could not be reached this time; it is asked again.</exception>
    Task<DevicePoll> PollAsync(DeviceAuthorization authorization, VendorContext context, CancellationToken cancellationToken);
}

/// <summary>A code that a person enters at the vendor.</summary>
/// <param name="DeviceCode">What the vendor is asked with; a secret.</param>
/// <param name="UserCode">What the person enters.</param>
/// <param name="Address">Where the person enters it.</param>
/// <param name="ExpiresIn">How long it is good for.</param>
/// <param name="Interval">How often the vendor may be asked.</param>
public sealed record DeviceAuthorization(string DeviceCode, string UserCode, Uri Address, TimeSpan ExpiresIn, TimeSpan Interval)
{
    /// <summary>The address with the code in it already; null where the vendor gives none.</summary>
    public Uri? CompleteAddress { get; init; }

    /// <summary>What else the vendor wants back with each question (a registration's secret); a secret.</summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();

    /// <summary>A record would print its members.</summary>
    public override string ToString() => $"device code {UserCode}";
}

/// <summary>What the vendor said to a question about a device code.</summary>
/// <param name="Result">What came back; null while the person has not entered the code.</param>
/// <param name="SlowDown">Whether the vendor was asked too often: the interval grows by five seconds (RFC 8628, section 3.5), or to <paramref name="Interval"/>.</param>
/// <param name="Interval">The interval that the vendor wants from now on; null where it does not say.</param>
public sealed record DevicePoll(LoginResult? Result, bool SlowDown = false, TimeSpan? Interval = null)
{
    /// <summary>The person has not entered the code yet.</summary>
    public static DevicePoll Pending { get; } = new((LoginResult?)null);
}
