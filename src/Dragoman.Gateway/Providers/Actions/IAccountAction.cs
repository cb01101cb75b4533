using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Providers.Actions;

/// <summary>
/// Something that an account's owner may have the vendor do: it costs money, spends something, or changes the account for all programs. The gateway never does it by itself. It is always previewed first, and run
/// only by somebody who has seen the preview.
/// </summary>
public interface IAccountAction
{
    /// <summary>Its name among the provider's actions: lower case with hyphens.</summary>
    string Id { get; }

    /// <summary>What it is called, as a command ("Allow use beyond the plan").</summary>
    string Title { get; }

    /// <summary>What it does, in whole sentences, whoever's account it is.</summary>
    string Effect { get; }

    /// <summary>What it has to know besides the account.</summary>
    IReadOnlyList<SettingField> Inputs => [];

    /// <summary>Whether it can be done for an account at all (by a login, and not by a key).</summary>
    /// <param name="account">The account.</param>
    bool IsOffered(Account account) => true;

    /// <summary>Asks the vendor how things stand, and says what would follow now. Changes nothing.</summary>
    /// <param name="call">The account and what was entered.</param>
    /// <param name="vendor">How the vendor is reached. What its connections throw may pass through.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ActionPreview> PreviewAsync(AccountActionCall call, VendorContext vendor, CancellationToken cancellationToken);

    /// <summary>Does it. Does not throw for what the vendor answers.</summary>
    /// <param name="call">The account and what was entered; its <see cref="AccountActionCall.RequestId"/> is the same for every try of one confirmation.</param>
    /// <param name="vendor">How the vendor is reached. What its connections throw may pass through: then it is not known whether it was done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ActionOutcome> RunAsync(AccountActionCall call, VendorContext vendor, CancellationToken cancellationToken);
}

/// <summary>An action for an account.</summary>
/// <param name="Account">The account.</param>
/// <param name="RequestId">Tells one confirmed action from others, so that a vendor that can do so does it once however often it is asked.</param>
/// <param name="Inputs">What was entered, by the names of <see cref="IAccountAction.Inputs"/>.</param>
public sealed record AccountActionCall(Account Account, Guid RequestId, IReadOnlyDictionary<string, string> Inputs);

/// <summary>What would follow from an action, or why it cannot be done.</summary>
/// <param name="Effect">What would follow, in whole sentences; for an action that cannot be done, why.</param>
/// <param name="CanRun">Whether it can be done.</param>
public sealed record ActionPreview(string Effect, bool CanRun)
{
    /// <summary>Whether the vendor refused the access token (401): it is renewed once.</summary>
    public bool IsRejected { get; init; }

    /// <summary>It can be done.</summary>
    public static ActionPreview Possible(string effect) => new(effect, true);

    /// <summary>It cannot be done.</summary>
    public static ActionPreview Impossible(string reason, bool isRejected = false) => new(reason, false) { IsRejected = isRejected };
}

/// <summary>What came of an action.</summary>
/// <param name="IsDone">Whether things are now as the action would have them.</param>
/// <param name="Message">What the vendor did or said, in whole sentences; no secret.</param>
public sealed record ActionOutcome(bool IsDone, string Message)
{
    /// <summary>Whether the vendor refused the access token (401): it is renewed once.</summary>
    public bool IsRejected { get; init; }

    /// <summary>It was done.</summary>
    public static ActionOutcome Done(string message) => new(true, message);

    /// <summary>It was not done.</summary>
    public static ActionOutcome Failed(string message, bool isRejected = false) => new(false, message) { IsRejected = isRejected };
}
