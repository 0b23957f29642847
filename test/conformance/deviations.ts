/**
 * Where our document differs from Discord's, each with the reason.
 */

/** Which differences, and why; a pattern is of whole lines. */
type Reasons = ReadonlyArray<readonly [where: RegExp, because: string]>

/** What Discord's document does not have. */
export const undocumented: Readonly<Record<string, string>> = {
  exchangeToken: "RFC 6749 describes it; Discord's document has no token endpoint",
  revokeToken: "RFC 7009 describes it; Discord's document has no revocation endpoint"
}

/** What takes no user's token in the header, and what it is declared for. */
export const companions: Readonly<Record<string, string>> = {
  getPublicKeys: "who checks an id_token needs them; anyone may ask",
  getCurrentBotApplicationInformation: "the bot asks which application it is",
  addGuildMember: "the user's token with guilds.join is in the body, the bot adds them",
  groupDmAddRecipient: "the user's token with gdm.join is in the body, the bot adds them",
  getCurrentApplication: "the bot asks which application it is",
  getApplicationRoleConnectionMetadataRecords: "what role_connections.write writes has to be in these records",
  updateApplicationRoleConnectionMetadataRecords: "what role_connections.write writes has to be in these records"
}

/** Scopes that only the documentation names: Discord's document has none. */
export const documentedScopes: Readonly<Record<string, string>> = {
  createOrJoinLobby: "sdk.social_layer",
  createLobbyChannelInviteForSelf: "sdk.social_layer",
  getLobbyMessages: "sdk.social_layer",
  sendLobbyMessage: "sdk.social_layer"
}

/** What takes a user's token while neither the documentation nor Discord's document names a scope. */
export const withoutScope: ReadonlyArray<string> = ["getGuildChannels", "leaveLobby", "linkChannelToLobby"]

/** Parameters that Discord's document has and we do not declare. */
export const undeclaredParameters: Readonly<Record<string, ReadonlyArray<string>>> = {
  // The documentation's table has no `shard`: it splits the guilds of a bot's gateway connection.
  getCurrentUserGuilds: ["query shard?"]
}

/** Kinds of body that Discord takes beside ours. */
export const otherBodies: Readonly<Record<string, ReadonlyArray<string>>> = {
  // The documentation has a JSON body alone; the others serve files, which the Social SDK has none of.
  sendLobbyMessage: ["application/x-www-form-urlencoded", "multipart/form-data"]
}

const commands = "(?:create|edit|bulkOverwrite)(?:Global|Guild)ApplicationCommands?"

/** Where what Discord may send is more than we accept, or what we may send is more than it accepts. */
export const deviations: Reasons = [
  [
    /^(?:getCurrentUserGuilds|getCurrentUserConnections|getGuildChannels|getLobbyMessages) 200: not null$/,
    "the documentation has a list, and none has been seen to be null"
  ],
  [
    /^(?:get|bulkOverwrite)(?:Global|Guild)ApplicationCommands 200: not null$/,
    "the documentation has a list, and none has been seen to be null"
  ],
  [
    /^(?:get|update)ApplicationRoleConnectionMetadataRecords 200: not null$/,
    "the documentation has a list, and none has been seen to be null"
  ],
  [/^getUserInfo 200\.sub: not any string is an id$/, "the subject is the user's id"],
  [
    /^(?:addGuildMember|groupDmAddRecipient) sends \.access_token: maxLength is \d+$/,
    "Discord made the token, so its length is Discord's affair"
  ],
  [/^groupDmAddRecipient sends \.nick: maxLength is 152133$/, "no limit that the documentation knows"],
  [
    new RegExp(`^${commands} sends (?:\\[\\])?\\.default_member_permissions: not string$`),
    "the documentation has a text, as every permission is, and its example \"0\""
  ],
  [new RegExp(`^${commands} sends (?:\\[\\])?\\.nsfw: not known$`), "in the documentation's tables"],
  [/^sendLobbyMessage sends \.metadata: not known$/, "in the documentation's table"],
  [
    /^sendLobbyMessage sends \.components\[\]\.type: may be absent$/,
    "components are sent as they are: what they may be is no matter of OAuth2"
  ],
  [
    /^sendLobbyMessage sends \.allowed_mentions\.parse: maxItems is 1521$/,
    "none may be there twice, and there are three"
  ],
  [/^sendLobbyMessage sends \.embeds\[\]\.type: maxLength is 152133$/, "no limit that the documentation knows"],
  [
    /^sendLobbyMessage sends \.shared_client_theme\.colors\[\]: (?:min|max)Length is 6$/,
    "our pattern says so: six hexadecimal digits"
  ],
  [
    /^updateApplicationRoleConnectionMetadataRecords sends \[\]\.key: (?:minLength is 1|maxLength is 50)$/,
    "our pattern says so: 1 to 50 of a-z, 0-9 and _"
  ],
  [/ sends .*: not any (?:string|integer), but one of /, "enums are open: what was read can be written back"]
]

/** Where Discord accepts more of us than we let through. */
export const narrower: Reasons = [
  [/^(?:addGuildMember|groupDmAddRecipient) takes \.access_token: minLength is 1$/, "a token is never empty"],
  [
    /^groupDmAddRecipient takes \.access_token: (?:may be absent|not null)$/,
    "the call is for a user's token: without one it adds nobody"
  ],
  [
    /^editApplicationCommandPermissions takes \.permissions: (?:may be absent|not null)$/,
    "the documentation has a list that is required"
  ],
  [
    new RegExp(`^${commands} takes (?:\\[\\])?\\.default_member_permissions: not integer$`),
    "the documentation has a text: a number would lose its last bits"
  ],
  [/^bulkOverwrite(?:Global|Guild)ApplicationCommands takes : not null$/, "the documentation has a list"],
  [/^updateApplicationRoleConnectionMetadataRecords takes : not null$/, "the documentation has a list"],
  [
    /^updateApplicationRoleConnectionMetadataRecords takes \[\]\.(?:name|description)_localizations: maxProperties is 34$/,
    "Discord has 34 locales"
  ]
]

/** Members of ours that hold any JSON, so that nothing in them can be lost. */
export const free = /^sendLobbyMessage\.components\[\]\./

const user = "(?:user|bot|owner|author|clip_participants\\[\\]|recipients\\[\\])"

/** Where we accept more than Discord's document lets it send. */
export const wider: Reasons = [
  [/: not any (?:string|integer), but one of /, "enums are open: Discord adds values without notice"],
  [
    /\.(?:public_flags|flags|primary_guild|mfa_enabled|locale): may be absent$/,
    "optional in the documentation's tables"
  ],
  [/\.collectibles\.nameplate: may be absent$/, "optional in the documentation's table"],
  [
    /\.(?:bot|owner|members\[\]\.user|recipients\[\])\.(?:avatar|discriminator|global_name): may be absent$/,
    "a partial user in the documentation"
  ],
  [
    new RegExp(`\\.${user}\\.(?:mfa_enabled|locale|verified|email|premium_type): not known$`),
    "one user model for all places"
  ],
  [
    /(?:Member 20[01]|\.member\.member)\.(?:avatar|banner|communication_disabled_until|nick): may be absent$/,
    "optional in the documentation's table"
  ],
  [
    /(?:Member 20[01]|\.member\.member)\.(?:pending|premium_since|user): may be absent$/,
    "optional in the documentation's table"
  ],
  [/\.joined_at: not null$/, "null for the guest of a voice channel"],
  [/(?:addGuildMember 201|\.member\.member)\.permissions: not known$/, "one member model for all places"],
  [/\.platform_name: not null$/, "nullable in the documentation's table"],
  [/\.integrations\[\]\.guild: may be absent$/, "the documentation's integration object has none"],
  [/\.integrations\[\]\.\w+: not known$/, "in the documentation's integration object"],
  [/\.application\.(?:type|flags_new): may be absent$/, "the documentation's example has none"],
  [
    /(?:\.application|Application(?:Information)? 200)\.hook: not known$/,
    "in the documentation's example of an answer"
  ],
  [
    /(?:\.application|Application(?:Information)? 200)\.(?:owner|team|guild): not known$/,
    "in the documentation's application object"
  ],
  [
    /\.application\.(?:redirect_uris|interactions_endpoint_url): not known$/,
    "in the documentation's application object"
  ],
  [
    /\.application\.(?:role_connections_verification_url|explicit_content_filter|eligible_oauth2_scopes): not known$/,
    "in the documentation's application object, or in Discord's document for an application that asks about itself"
  ],
  [/\.application\.(?:event_webhooks|approximate)_\w+: not known$/, "in the documentation's application object"],
  [
    /^getCurrent(?:Bot)?Application(?:Information)? 200\.(?:owner|flags_new|redirect_uris|approximate_\w+): may be absent$/,
    "optional in the documentation's table"
  ],
  [
    /^getCurrent(?:Bot)?Application(?:Information)? 200\.(?:interactions_endpoint|role_connections_verification)_url: may be absent$/,
    "optional in the documentation's table"
  ],
  [
    /^getCurrent(?:Bot)?Application(?:Information)? 200\.(?:eligible_oauth2_scopes|explicit_content_filter|type): may be absent$/,
    "not in the documentation's table"
  ],
  [/^getCurrent(?:Bot)?Application(?:Information)? 200\.team: may be absent$/, "one application model for all places"],
  [/\.team\.members\[\]\.permissions: may be absent$/, "not in the documentation's table"],
  [/\.team\.members\[\]\.role: may be absent$/, "the documentation's example has none"],
  [
    /^uploadApplicationAttachment 200\.attachment\.(?:application|width|height): not null$/,
    "nullable in the documentation"
  ],
  [/Entitlements? 200(?:\[\])?\.user_id: may be absent$/, "optional in the documentation's table"],
  [
    /Entitlements? 200(?:\[\])?\.(?:gift_code_flags|promotion_id|subscription_id): not known$/,
    "in the documentation's example"
  ],
  [
    /Commands? 20[01](?:\[\])?(?:\.options\[\]){1,3}\.file_types\[\]: maxLength is 16$/,
    "a longer type that Discord adds is kept"
  ],
  [
    /Commands? 20[01](?:\[\])?(?:\.options\[\]){1,3}\.(?:\*: not known|description: may be absent)$/,
    "an option of a type that Discord adds is kept as it came"
  ],
  [
    /(?:getGuildChannels 200\[\]|groupDmAddRecipient 201|\.linked_channel)\.(?:\*: not known|(?:guild_id|name|position|recipients|icon|owner_id): may be absent)$/,
    "a channel of a type that Discord adds is kept as it came"
  ],
  [/(?:getGuildChannels 200\[\]|\.linked_channel)\.type: not 16$/, "GUILD_MEDIA in the documentation's table"],
  [/\.thread_metadata\.create_timestamp: not null$/, "nullable in the documentation's table"],
  [/(?:Lobby 200)\.flags: (?:may be absent|(?:minimum|maximum) is \d+)$/, "not in the documentation's table"],
  [/LobbyMessages? 20[01](?:\[\])?\.(?:moderation_)?metadata: not null$/, "nullable in the documentation's table"],
  [/^getUserInfo 200\.sub: an id is not any string$/, "the subject is the user's id"]
]
