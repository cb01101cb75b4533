using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Management.Forms;

namespace Dragoman.Management.Logins;

/// <summary>How far a login is.</summary>
public enum LoginStatus
{
    /// <summary>The person is signing in at the vendor.</summary>
    Waiting,

    /// <summary>The vendor is being asked for the account.</summary>
    Redeeming,

    /// <summary>The account is shown, and saved when the person confirms it.</summary>
    AwaitingConfirmation,

    /// <summary>It is saved.</summary>
    Saved,

    /// <summary>It has failed; begin another one.</summary>
    Failed,

    /// <summary>The person has given it up.</summary>
    Cancelled,

    /// <summary>Nobody went on with it in time.</summary>
    Expired,
}

/// <summary>The providers that people sign in to, and the caller's logins.</summary>
/// <param name="Providers">Every provider with a login.</param>
/// <param name="Logins">The caller's logins, the newest first.</param>
public sealed record LoginListView(IReadOnlyList<LoginProviderView> Providers, IReadOnlyList<LoginView> Logins);

/// <summary>A provider that people sign in to.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Homepage">The vendor's page about the offer.</param>
/// <param name="Flows">The ways of signing in, the usual one first.</param>
/// <param name="ThirdPartyUse">What the vendor says about use by other programs.</param>
/// <param name="DefaultsAsOf">The day on which the built-in endpoints, client ids and versions were right.</param>
public sealed record LoginProviderView(string Id, string Name, string Homepage, IReadOnlyList<LoginFlowView> Flows, ThirdPartyUse ThirdPartyUse, DateOnly? DefaultsAsOf)
{
    internal static LoginProviderView From(ProviderModule provider) => new(
        provider.Id, provider.Descriptor.DisplayName, provider.Descriptor.Homepage,
        [.. provider.Logins.Select(LoginFlowView.From)], provider.Descriptor.ThirdPartyUse, provider.Settings?.AsOf);
}

/// <summary>A way of signing in.</summary>
/// <param name="Id">What it is begun with.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Method">How a person signs in by it.</param>
/// <param name="UsualPlaces">Where files to import usually are.</param>
/// <param name="Inputs">What can be said for one login when it begins (a start page, a region, a host).</param>
public sealed record LoginFlowView(string Id, string Title, LoginMethod Method, IReadOnlyList<string> UsualPlaces, IReadOnlyList<SettingFieldView> Inputs)
{
    internal static LoginFlowView From(ILoginFlow flow)
        => new(flow.Id, flow.Title, flow.Method, [.. ((flow as IImportLogin)?.UsualPlaces ?? []).Select(LoginFiles.UsualOf).OfType<string>()], [.. flow.Inputs.Select(static field => SettingFieldView.From(field, FieldPlace.Input))]);
}

/// <summary>A login. Only who began it sees it and goes on with it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Provider">The provider's id.</param>
/// <param name="ProviderName">What people call the provider.</param>
/// <param name="Flow">The way of signing in.</param>
/// <param name="Method">How a person signs in by it.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Address">The address to open; absent for an import.</param>
/// <param name="CompleteAddress">The same with the code in it already.</param>
/// <param name="UserCode">The code to enter there.</param>
/// <param name="TakesPaste">Whether what the browser ends at can be pasted: its whole address, <c>code#state</c>, or the bare code.</param>
/// <param name="Hint">What to do where the browser cannot come back by itself.</param>
/// <param name="ExpiresAt">Until when somebody has to go on with it.</param>
/// <param name="SecondsLeft">The same as a countdown.</param>
/// <param name="ThirdPartyUse">What the vendor says about use by other programs.</param>
/// <param name="Result">What came back.</param>
/// <param name="Error">Why it failed, or could not be saved yet.</param>
/// <param name="AccountId">The account that it was saved as.</param>
/// <param name="Account">Its label.</param>
public sealed record LoginView(
    string Id, string Provider, string ProviderName, string Flow, LoginMethod Method, LoginStatus Status, string? Address, string? CompleteAddress, string? UserCode, bool TakesPaste, string? Hint,
    DateTimeOffset ExpiresAt, int SecondsLeft, ThirdPartyUse ThirdPartyUse, LoginResultView? Result, string? Error, string? AccountId, string? Account)
{
    /// <summary>Whether nothing will come of it any more.</summary>
    internal bool HasEnded => Status is LoginStatus.Saved or LoginStatus.Failed or LoginStatus.Cancelled or LoginStatus.Expired;
}

/// <summary>What a login brought; no secret.</summary>
/// <param name="Label">The account's name at the vendor.</param>
/// <param name="VendorAccountId">The vendor's id of the account.</param>
/// <param name="Organization">The organization or workspace.</param>
/// <param name="OrganizationId">The vendor's id of it.</param>
/// <param name="Plan">The plan.</param>
/// <param name="CredentialKind"><c>oauth</c> or <c>api-key</c>.</param>
/// <param name="ExpiresAt">When the token expires that came with it; it is renewed by itself.</param>
/// <param name="Warnings">What to know before it is saved.</param>
/// <param name="Renews">The account that is there already and is renewed; absent for a new one.</param>
public sealed record LoginResultView(
    string Label, string? VendorAccountId, string? Organization, string? OrganizationId, string? Plan, string CredentialKind, DateTimeOffset? ExpiresAt, IReadOnlyList<string> Warnings, string? Renews)
{
    internal static LoginResultView From(LoginResult login, AccountEntry? known) => new(
        login.Label, login.AccountId, login.Organization, login.OrganizationId, login.Plan, login.Credential.Kind, login.Credential.ExpiresAt, login.Warnings, known?.Label);
}
