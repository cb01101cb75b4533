namespace Dragoman.Gateway.Providers.Logins;

/// <summary>Whose login a file seems to hold, as far as the file says it by itself; each may be missing. No secret.</summary>
/// <param name="Label">What people know the account by: an e-mail address, a way of signing in.</param>
/// <param name="AccountId">The vendor's id of the account, as a login at it has it.</param>
/// <param name="OrganizationId">The vendor's id of the organization or workspace.</param>
public sealed record ImportedIdentity(string? Label = null, string? AccountId = null, string? OrganizationId = null);
