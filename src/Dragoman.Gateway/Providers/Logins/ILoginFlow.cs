using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Providers.Logins;

/// <summary>How a person signs in.</summary>
public enum LoginMethod
{
    /// <summary>In a browser, from which an authorization code comes back: by a redirect to an address of the gateway, or copied and pasted.</summary>
    Browser,

    /// <summary>In any browser, where the person enters a short code; meanwhile the gateway asks the vendor whether it was done (RFC 8628).</summary>
    DeviceCode,

    /// <summary>From a file that the vendor's own program, or another gateway, has left.</summary>
    Import,
}

/// <summary>
/// One way of signing in that a provider offers: an <see cref="IBrowserLogin"/>, an <see cref="IDeviceLogin"/> or an <see cref="IImportLogin"/>. A flow knows the vendor's messages
/// and keeps nothing between calls; sessions, states, verifiers, deadlines and who may go on with a login are not its concern.
/// </summary>
public interface ILoginFlow
{
    /// <summary>What tells it from the provider's other flows; lower case, never changed (<c>browser</c>, <c>device</c>).</summary>
    string Id { get; }

    /// <summary>What people call it, and whom it is for where there are several.</summary>
    string Title { get; }

    /// <summary>How a person signs in by it.</summary>
    LoginMethod Method { get; }

    /// <summary>What a person may say for one login (a start page, a region, a host), in the place of the provider's settings: <see cref="VendorContext.Wishes"/> has it by these names.</summary>
    IReadOnlyList<SettingField> Inputs => [];
}
